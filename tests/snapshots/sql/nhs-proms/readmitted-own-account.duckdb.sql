-- readmitted-own-account by provider, all years to the last
WITH "index_events" AS (
  SELECT
    "s"."record_id" AS "key_0",
    "s"."year" AS "index_time",
    "s"."provider" AS "unit_code",
    CASE WHEN "s"."readmitted" IS NULL THEN NULL WHEN "s"."readmitted" THEN 1 ELSE 0 END AS "event"
  FROM "records" AS "s"
  WHERE
    TRUE
)
SELECT
  CAST("i"."unit_code" AS TEXT) AS "unit_code",
  CAST("i"."index_time" AS BIGINT) AS "period",
  CAST(COUNT(*) AS BIGINT) AS "eligible",
  CAST(COALESCE(SUM(CASE WHEN NOT "i"."event" IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS "n",
  CAST(COALESCE(SUM("i"."event"), 0) AS BIGINT) AS "numerator",
  CAST(COALESCE(SUM(CASE WHEN "i"."event" IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS "missing"
FROM "index_events" AS "i"
GROUP BY
  "i"."unit_code",
  CAST("i"."index_time" AS BIGINT)
