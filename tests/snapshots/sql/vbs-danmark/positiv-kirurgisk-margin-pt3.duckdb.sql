-- positiv-kirurgisk-margin-pt3 by hospital, 2021-01-01 to 2026-10-01
WITH "index_events" AS (
  SELECT
    "s"."registration_id" AS "key_0",
    "s"."person_id" AS "person",
    "s"."date" AS "index_time",
    "s"."hospital" AS "unit_code",
    CASE
      WHEN "s"."margin" IS NULL
      THEN NULL
      WHEN "s"."margin" = 'positive'
      THEN 1
      ELSE 0
    END AS "event"
  FROM "prostatectomies" AS "s"
  WHERE
    "s"."stage" = 'pT3'
    AND (
      "s"."date" >= CAST('2021-01-01' AS DATE)
      AND "s"."date" < CAST('2026-10-01' AS DATE)
    )
)
SELECT
  CAST("i"."unit_code" AS TEXT) AS "unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") AS BIGINT) AS "period",
  CAST(COUNT(*) AS BIGINT) AS "eligible",
  CAST(COALESCE(SUM(CASE WHEN NOT "i"."event" IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS "n",
  CAST(COALESCE(SUM("i"."event"), 0) AS BIGINT) AS "numerator",
  CAST(COALESCE(SUM(CASE WHEN "i"."event" IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS "missing"
FROM "index_events" AS "i"
GROUP BY
  "i"."unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") AS BIGINT)
