-- diabetes-hba1c-under-59 by hospital, 2022-01-01 to 2026-10-01
WITH "index_events" AS (
  SELECT
    "s"."check_id" AS "key_0",
    "s"."person_id" AS "person",
    "s"."date" AS "index_time",
    "s"."hospital" AS "unit_code",
    "p0"."sex" AS "sex",
    CASE
      WHEN "p0"."birth_date" IS NULL OR "p0"."birth_date" > CAST("s"."date" AS DATE)
      THEN NULL
      WHEN "p0"."birth_date" > CAST(CAST("s"."date" AS DATE) AS TIMESTAMP) + INTERVAL '-216' MONTH
      THEN '00-17'
      WHEN "p0"."birth_date" > CAST(CAST("s"."date" AS DATE) AS TIMESTAMP) + INTERVAL '-480' MONTH
      THEN '18-39'
      WHEN "p0"."birth_date" > CAST(CAST("s"."date" AS DATE) AS TIMESTAMP) + INTERVAL '-780' MONTH
      THEN '40-64'
      WHEN "p0"."birth_date" > CAST(CAST("s"."date" AS DATE) AS TIMESTAMP) + INTERVAL '-960' MONTH
      THEN '65-79'
      ELSE '80+'
    END AS "age_band",
    CASE WHEN "s"."hba1c" IS NULL THEN NULL WHEN "s"."hba1c" < 59 THEN 1 ELSE 0 END AS "event"
  FROM "diabetes_checks" AS "s"
  LEFT JOIN "persons" AS "p0"
    ON "p0"."person_id" = "s"."person_id"
  WHERE
    "s"."date" >= CAST('2022-01-01' AS DATE)
    AND "s"."date" < CAST('2026-10-01' AS DATE)
)
SELECT
  CAST("i"."unit_code" AS TEXT) AS "unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") AS BIGINT) AS "period",
  CAST("i"."sex" AS TEXT) AS "sex",
  CAST("i"."age_band" AS TEXT) AS "age_band",
  CAST(COUNT(*) AS BIGINT) AS "eligible",
  CAST(COALESCE(SUM(CASE WHEN NOT "i"."event" IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS "n",
  CAST(COALESCE(SUM("i"."event"), 0) AS BIGINT) AS "numerator",
  CAST(COALESCE(SUM(CASE WHEN "i"."event" IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS "missing"
FROM "index_events" AS "i"
GROUP BY
  "i"."unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") AS BIGINT),
  "i"."sex",
  "i"."age_band"

-- diabetes-hba1c-under-59 by residence, 2022-01-01 to 2026-10-01
WITH "index_events" AS (
  SELECT
    "s"."check_id" AS "key_0",
    "s"."person_id" AS "person",
    "s"."date" AS "index_time",
    "p1"."region" AS "unit_code",
    "p0"."sex" AS "sex",
    CASE
      WHEN "p0"."birth_date" IS NULL OR "p0"."birth_date" > CAST("s"."date" AS DATE)
      THEN NULL
      WHEN "p0"."birth_date" > CAST(CAST("s"."date" AS DATE) AS TIMESTAMP) + INTERVAL '-216' MONTH
      THEN '00-17'
      WHEN "p0"."birth_date" > CAST(CAST("s"."date" AS DATE) AS TIMESTAMP) + INTERVAL '-480' MONTH
      THEN '18-39'
      WHEN "p0"."birth_date" > CAST(CAST("s"."date" AS DATE) AS TIMESTAMP) + INTERVAL '-780' MONTH
      THEN '40-64'
      WHEN "p0"."birth_date" > CAST(CAST("s"."date" AS DATE) AS TIMESTAMP) + INTERVAL '-960' MONTH
      THEN '65-79'
      ELSE '80+'
    END AS "age_band",
    CASE WHEN "s"."hba1c" IS NULL THEN NULL WHEN "s"."hba1c" < 59 THEN 1 ELSE 0 END AS "event"
  FROM "diabetes_checks" AS "s"
  LEFT JOIN "persons" AS "p0"
    ON "p0"."person_id" = "s"."person_id"
  LEFT JOIN "municipalities" AS "p1"
    ON "p1"."municipality" = "p0"."municipality"
  WHERE
    "s"."date" >= CAST('2022-01-01' AS DATE)
    AND "s"."date" < CAST('2026-10-01' AS DATE)
)
SELECT
  CAST("i"."unit_code" AS TEXT) AS "unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") AS BIGINT) AS "period",
  CAST("i"."sex" AS TEXT) AS "sex",
  CAST("i"."age_band" AS TEXT) AS "age_band",
  CAST(COUNT(*) AS BIGINT) AS "eligible",
  CAST(COALESCE(SUM(CASE WHEN NOT "i"."event" IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS "n",
  CAST(COALESCE(SUM("i"."event"), 0) AS BIGINT) AS "numerator",
  CAST(COALESCE(SUM(CASE WHEN "i"."event" IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS "missing"
FROM "index_events" AS "i"
GROUP BY
  "i"."unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") AS BIGINT),
  "i"."sex",
  "i"."age_band"
