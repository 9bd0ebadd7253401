-- knae-genindlaeggelse-30-dage by hospital, 2022-01-01 to 2026-10-01
WITH "index_events" AS (
  SELECT
    "s"."operation_id" AS "key_0",
    "s"."person_id" AS "person",
    "s"."discharged" AS "index_time",
    "s"."hospital" AS "unit_code"
  FROM "knee_operations" AS "s"
  LEFT JOIN "persons" AS "p0"
    ON "p0"."person_id" = "s"."person_id"
  WHERE
    "s"."operation" = 'primary'
    AND (
      "s"."discharged" >= CAST('2022-01-01' AS DATE)
      AND "s"."discharged" < CAST('2026-10-01' AS DATE)
    )
    AND (
      "p0"."death_date" IS NULL OR "p0"."death_date" > CAST("s"."discharged" AS DATE)
    )
), "linked_0" AS (
  SELECT
    "i"."key_0",
    MAX(
      CASE
        WHEN CAST("r"."start" AS DATE) > "i"."index_time"
        AND CAST("r"."start" AS DATE) <= CAST("i"."index_time" AS TIMESTAMP) + INTERVAL '30' DAY
        AND "r"."contact_kind" = 'inpatient'
        THEN 1
        ELSE 0
      END
    ) AS "event"
  FROM "index_events" AS "i"
  INNER JOIN (
    SELECT
      *
    FROM "contacts" AS "c"
    WHERE
      "c"."contact_kind" = 'inpatient'
      AND (
        "c"."start" >= CAST(CAST('2021-12-31' AS DATE) AS TIMESTAMP)
        AND "c"."start" <= CAST(CAST('2026-11-01' AS DATE) AS TIMESTAMP)
      )
  ) AS r
    ON "r"."person_id" = "i"."person"
    AND CAST("r"."start" AS DATE) >= "i"."index_time"
    AND CAST("r"."start" AS DATE) <= CAST("i"."index_time" AS TIMESTAMP) + INTERVAL '30' DAY
  GROUP BY
    "i"."key_0"
)
SELECT
  CAST("i"."unit_code" AS TEXT) AS "unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") AS BIGINT) AS "period",
  CAST(COUNT(*) AS BIGINT) AS "eligible",
  CAST(COUNT(*) AS BIGINT) AS "n",
  CAST(COALESCE(SUM(CASE WHEN COALESCE("linked_0"."event", 0) >= 1 THEN 1 ELSE 0 END), 0) AS BIGINT) AS "numerator"
FROM "index_events" AS "i"
LEFT JOIN "linked_0"
  ON "linked_0"."key_0" = "i"."key_0"
GROUP BY
  "i"."unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") AS BIGINT)
