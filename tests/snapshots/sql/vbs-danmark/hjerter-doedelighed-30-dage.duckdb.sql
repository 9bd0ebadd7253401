-- hjerter-doedelighed-30-dage by hospital, 2022-01-01 to 2026-10-01
WITH "index_events" AS (
  SELECT
    "s"."procedure_id" AS "key_0",
    "s"."person_id" AS "person",
    "s"."date" AS "index_time",
    "s"."hospital" AS "unit_code",
    CASE
      WHEN CAST(DATE_DIFF('DAY', CAST("s"."date" AS DATE), CAST("p0"."death_date" AS DATE)) AS BIGINT) >= 0
      AND CAST(DATE_DIFF('DAY', CAST("s"."date" AS DATE), CAST("p0"."death_date" AS DATE)) AS BIGINT) <= CAST(DATE_DIFF(
        'DAY',
        CAST("s"."date" AS DATE),
        CAST(CAST(CAST("s"."date" AS DATE) AS TIMESTAMP) + INTERVAL '30' DAY AS DATE)
      ) AS BIGINT)
      THEN 1
      ELSE 0
    END AS "event"
  FROM "heart_procedures" AS "s"
  LEFT JOIN "persons" AS "p0"
    ON "p0"."person_id" = "s"."person_id"
  WHERE
    "s"."procedure" IN ('pci', 'cabg')
    AND (
      "s"."date" >= CAST('2022-01-01' AS DATE)
      AND "s"."date" < CAST('2026-10-01' AS DATE)
    )
)
SELECT
  CAST("i"."unit_code" AS TEXT) AS "unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") AS BIGINT) AS "period",
  CAST(COUNT(*) AS BIGINT) AS "eligible",
  CAST(COUNT(*) AS BIGINT) AS "n",
  CAST(COALESCE(SUM(CASE WHEN "i"."event" = 1 THEN 1 ELSE 0 END), 0) AS BIGINT) AS "numerator"
FROM "index_events" AS "i"
GROUP BY
  "i"."unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") AS BIGINT)
