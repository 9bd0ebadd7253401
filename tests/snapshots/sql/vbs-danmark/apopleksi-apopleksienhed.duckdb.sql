-- apopleksi-apopleksienhed by hospital, 2022-01-01 to 2026-10-01
WITH "index_events" AS (
  SELECT
    "s"."admission_id" AS "key_0",
    "s"."person_id" AS "person",
    "s"."arrival" AS "index_time",
    "s"."hospital" AS "unit_code",
    "p0"."sex" AS "sex"
  FROM "stroke" AS "s"
  LEFT JOIN "persons" AS "p0"
    ON "p0"."person_id" = "s"."person_id"
  WHERE
    "s"."type" IN ('ischaemic', 'haemorrhagic')
    AND (
      "s"."arrival" >= CAST(CAST('2022-01-01' AS DATE) AS TIMESTAMP)
      AND "s"."arrival" < CAST(CAST('2026-10-01' AS DATE) AS TIMESTAMP)
    )
), "linked_0" AS (
  SELECT
    "i"."key_0",
    MAX(
      CASE
        WHEN "r"."date" >= CAST("i"."index_time" AS DATE)
        AND "r"."date" <= CAST(CAST("i"."index_time" AS DATE) AS TIMESTAMP) + INTERVAL '1' DAY
        AND "r"."care" = 'stroke_unit'
        THEN 1
        ELSE 0
      END
    ) AS "event"
  FROM "index_events" AS "i"
  INNER JOIN (
    SELECT
      *
    FROM "stroke_care" AS "c"
    WHERE
      "c"."care" = 'stroke_unit'
      AND (
        "c"."date" >= CAST('2021-12-31' AS DATE)
        AND "c"."date" <= CAST('2026-10-03' AS DATE)
      )
  ) AS r
    ON "r"."person_id" = "i"."person"
    AND "r"."date" >= CAST("i"."index_time" AS DATE)
    AND "r"."date" <= CAST(CAST("i"."index_time" AS DATE) AS TIMESTAMP) + INTERVAL '1' DAY
  GROUP BY
    "i"."key_0"
)
SELECT
  CAST("i"."unit_code" AS TEXT) AS "unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") AS BIGINT) AS "period",
  CAST("i"."sex" AS TEXT) AS "sex",
  CAST(COUNT(*) AS BIGINT) AS "eligible",
  CAST(COUNT(*) AS BIGINT) AS "n",
  CAST(COALESCE(SUM(CASE WHEN COALESCE("linked_0"."event", 0) >= 1 THEN 1 ELSE 0 END), 0) AS BIGINT) AS "numerator"
FROM "index_events" AS "i"
LEFT JOIN "linked_0"
  ON "linked_0"."key_0" = "i"."key_0"
GROUP BY
  "i"."unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") AS BIGINT),
  "i"."sex"
