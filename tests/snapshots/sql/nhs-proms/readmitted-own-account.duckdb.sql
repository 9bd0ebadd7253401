-- readmitted-own-account by provider, all years to the last
WITH "index_events" AS (
  SELECT
    "s"."record_id" AS "key_0",
    "s"."year" AS "index_time",
    "s"."provider" AS "unit_code",
    CASE
      WHEN "s"."readmitted" IS NULL
      THEN NULL
      WHEN "s"."readmitted" = TRUE
      THEN 1
      ELSE 0
    END AS "event"
  FROM "records" AS "s"
  WHERE
    TRUE
)
SELECT
  CAST("i"."unit_code" AS TEXT) AS "unit_code",
  CAST("i"."index_time" AS BIGINT) AS "period",
  CAST(NULL AS TEXT) AS "sex",
  CAST(NULL AS TEXT) AS "age_band",
  CAST(NULL AS BIGINT) AS "bin",
  CAST(COUNT(*) AS BIGINT) AS "eligible",
  CAST(COALESCE(SUM(CASE WHEN NOT "i"."event" IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS "n",
  CAST(COALESCE(SUM("i"."event"), 0) AS BIGINT) AS "numerator",
  CAST(COALESCE(SUM(CASE WHEN "i"."event" IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS "missing",
  CAST(0 AS BIGINT) AS "person_days",
  CAST(0 AS DECIMAL(38, 6)) AS "sum",
  CAST(0 AS DECIMAL(38, 12)) AS "sum_sq",
  CAST(0 AS DECIMAL(38, 6)) AS "expected",
  CAST(0 AS DECIMAL(38, 12)) AS "residual_sq"
FROM "index_events" AS "i"
GROUP BY
  "i"."unit_code",
  CAST("i"."index_time" AS BIGINT)
