-- andel-virtuelle-kontakter by hospital, 2022-01-01 to 2026-10-01
WITH "index_events" AS (
  SELECT
    "s"."contact_id" AS "key_0",
    "s"."person_id" AS "person",
    "s"."start" AS "index_time",
    "s"."hospital" AS "unit_code",
    CASE WHEN "s"."contact_kind" = 'virtual' THEN 1 ELSE 0 END AS "event"
  FROM "contacts" AS "s"
  WHERE
    "s"."contact_kind" IN ('outpatient', 'virtual')
    AND (
      "s"."start" >= CAST(CAST('2022-01-01' AS DATE) AS TIMESTAMP)
      AND "s"."start" < CAST(CAST('2026-10-01' AS DATE) AS TIMESTAMP)
    )
)
SELECT
  CAST("i"."unit_code" AS TEXT) AS "unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") * 4 + (
    EXTRACT(QUARTER FROM "i"."index_time") - 1
  ) AS BIGINT) AS "period",
  CAST(COUNT(*) AS BIGINT) AS "eligible",
  CAST(COUNT(*) AS BIGINT) AS "n",
  CAST(COALESCE(SUM("i"."event"), 0) AS BIGINT) AS "numerator"
FROM "index_events" AS "i"
GROUP BY
  "i"."unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") * 4 + (
    EXTRACT(QUARTER FROM "i"."index_time") - 1
  ) AS BIGINT)

-- andel-virtuelle-kontakter by residence_municipality, 2022-01-01 to 2026-10-01
WITH "index_events" AS (
  SELECT
    "s"."contact_id" AS "key_0",
    "s"."person_id" AS "person",
    "s"."start" AS "index_time",
    "p0"."municipality" AS "unit_code",
    CASE WHEN "s"."contact_kind" = 'virtual' THEN 1 ELSE 0 END AS "event"
  FROM "contacts" AS "s"
  LEFT JOIN "persons" AS "p0"
    ON "p0"."person_id" = "s"."person_id"
  WHERE
    "s"."contact_kind" IN ('outpatient', 'virtual')
    AND (
      "s"."start" >= CAST(CAST('2022-01-01' AS DATE) AS TIMESTAMP)
      AND "s"."start" < CAST(CAST('2026-10-01' AS DATE) AS TIMESTAMP)
    )
)
SELECT
  CAST("i"."unit_code" AS TEXT) AS "unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") * 4 + (
    EXTRACT(QUARTER FROM "i"."index_time") - 1
  ) AS BIGINT) AS "period",
  CAST(COUNT(*) AS BIGINT) AS "eligible",
  CAST(COUNT(*) AS BIGINT) AS "n",
  CAST(COALESCE(SUM("i"."event"), 0) AS BIGINT) AS "numerator"
FROM "index_events" AS "i"
GROUP BY
  "i"."unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") * 4 + (
    EXTRACT(QUARTER FROM "i"."index_time") - 1
  ) AS BIGINT)
