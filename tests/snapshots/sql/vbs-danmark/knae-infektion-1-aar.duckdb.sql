-- knae-infektion-1-aar by hospital, 2018-01-01 to 2026-10-01
WITH "index_events" AS (
  SELECT
    "s"."operation_id" AS "key_0",
    "s"."person_id" AS "person",
    "s"."date" AS "index_time",
    "s"."hospital" AS "unit_code",
    "s"."side" AS "same_side"
  FROM "knee_operations" AS "s"
  WHERE
    (
      "s"."operation" = 'primary' AND "s"."implant" = 'total'
    )
    AND (
      "s"."date" >= CAST('2018-01-01' AS DATE)
      AND "s"."date" < CAST('2026-10-01' AS DATE)
    )
), "linked_0" AS (
  SELECT
    "i"."key_0",
    MAX(
      CASE
        WHEN "r"."date" >= "i"."index_time"
        AND "r"."date" <= CAST("i"."index_time" AS TIMESTAMP) + INTERVAL '12' MONTH
        AND "r"."side" = "i"."same_side"
        AND (
          "r"."operation" IN ('revision', 'reoperation') AND "r"."cause" = 'infection'
        )
        THEN 1
        ELSE 0
      END
    ) AS "event"
  FROM "index_events" AS "i"
  INNER JOIN (
    SELECT
      *
    FROM "knee_operations" AS "c"
    WHERE
      (
        "c"."operation" IN ('revision', 'reoperation') AND "c"."cause" = 'infection'
      )
      AND (
        "c"."date" >= CAST('2017-12-31' AS DATE)
        AND "c"."date" <= CAST('2027-10-03' AS DATE)
      )
  ) AS r
    ON "r"."person_id" = "i"."person"
    AND "r"."date" >= "i"."index_time"
    AND "r"."date" <= CAST("i"."index_time" AS TIMESTAMP) + INTERVAL '12' MONTH
    AND NOT (
      "r"."operation_id" = "i"."key_0"
    )
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
