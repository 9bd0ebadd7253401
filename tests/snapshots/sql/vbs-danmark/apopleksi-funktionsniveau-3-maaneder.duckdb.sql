-- apopleksi-funktionsniveau-3-maaneder by hospital, 2022-01-01 to 2026-10-01
WITH "index_events" AS (
  SELECT
    "s"."treatment_id" AS "key_0",
    "s"."person_id" AS "person",
    "s"."start" AS "index_time",
    "s"."hospital" AS "unit_code",
    "p0"."sex" AS "sex",
    CASE
      WHEN "s"."mrs_3_months" IS NULL
      THEN NULL
      WHEN "s"."mrs_3_months" <= 2
      THEN 1
      ELSE 0
    END AS "event"
  FROM "stroke_reperfusion" AS "s"
  LEFT JOIN "persons" AS "p0"
    ON "p0"."person_id" = "s"."person_id"
  WHERE
    "s"."start" >= CAST(CAST('2022-01-01' AS DATE) AS TIMESTAMP)
    AND "s"."start" < CAST(CAST('2026-10-01' AS DATE) AS TIMESTAMP)
)
SELECT
  CAST("i"."unit_code" AS TEXT) AS "unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") AS BIGINT) AS "period",
  CAST("i"."sex" AS TEXT) AS "sex",
  CAST(COUNT(*) AS BIGINT) AS "eligible",
  CAST(COALESCE(SUM(CASE WHEN NOT "i"."event" IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS "n",
  CAST(COALESCE(SUM("i"."event"), 0) AS BIGINT) AS "numerator",
  CAST(COALESCE(SUM(CASE WHEN "i"."event" IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS "missing"
FROM "index_events" AS "i"
GROUP BY
  "i"."unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") AS BIGINT),
  "i"."sex"
