-- depression-selvmordsrisiko-udskrivelse by hospital, 2022-01-01 to 2026-10-01
WITH "index_events" AS (
  SELECT
    "s"."course_id" AS "key_0",
    "s"."person_id" AS "person",
    "s"."end" AS "index_time",
    "s"."hospital" AS "unit_code",
    CASE
      WHEN "s"."suicide_risk_end" IS NULL
      THEN NULL
      WHEN "s"."suicide_risk_end"
      THEN 1
      ELSE 0
    END AS "event"
  FROM "psychiatric_admissions" AS "s"
  LEFT JOIN "persons" AS "p0"
    ON "p0"."person_id" = "s"."person_id"
  WHERE
    (
      "s"."diagnosis" LIKE 'DF32%' OR "s"."diagnosis" LIKE 'DF33%'
    )
    AND (
      "s"."end" >= CAST('2022-01-01' AS DATE)
      AND "s"."end" < CAST('2026-10-01' AS DATE)
    )
    AND (
      "p0"."death_date" IS NULL OR "p0"."death_date" > CAST("s"."end" AS DATE)
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
