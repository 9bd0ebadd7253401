-- diabetes-blodtryk by hospital, 2022-01-01 to 2026-10-01
WITH "index_events" AS (
  SELECT
    "s"."check_id" AS "key_0",
    "s"."person_id" AS "person",
    "s"."date" AS "index_time",
    "s"."hospital" AS "unit_code",
    CASE WHEN NOT "s"."systolic" IS NULL THEN 1 ELSE 0 END AS "event"
  FROM "diabetes_checks" AS "s"
  WHERE
    "s"."date" >= CAST('2022-01-01' AS DATE)
    AND "s"."date" < CAST('2026-10-01' AS DATE)
)
SELECT
  CAST("i"."unit_code" AS TEXT) AS "unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") AS BIGINT) AS "period",
  CAST(COUNT(*) AS BIGINT) AS "eligible",
  CAST(COUNT(*) AS BIGINT) AS "n",
  CAST(COALESCE(SUM("i"."event"), 0) AS BIGINT) AS "numerator"
FROM "index_events" AS "i"
GROUP BY
  "i"."unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") AS BIGINT)
