-- epilepsi-trivsel by hospital, 2022-01-01 to 2026-10-01
WITH "index_events" AS (
  SELECT
    "s"."answer_id" AS "key_0",
    "s"."person_id" AS "person",
    "s"."date" AS "index_time",
    "s"."hospital" AS "unit_code"
  FROM (
    SELECT
      "c"."answer_id",
      "c"."person_id",
      "c"."hospital",
      "c"."date",
      "c"."seizures",
      "c"."months_since_seizure",
      "c"."side_effects",
      "c"."work",
      "c"."sleep",
      "c"."concentration",
      "c"."memory",
      "c"."weight",
      "c"."appetite",
      "c"."mood",
      "c"."colour",
      LAG("c"."date") OVER (
        PARTITION BY "c"."person_id"
        ORDER BY "c"."date" NULLS FIRST, "c"."answer_id" NULLS FIRST
      ) AS "previous_time"
    FROM "epilepsy" AS "c"
    WHERE
      (
        "c"."date" >= CAST('2022-01-01' AS DATE)
        AND "c"."date" < CAST('2026-10-01' AS DATE)
      )
      AND NOT "c"."date" IS NULL
  ) AS s
  WHERE
    (
      "s"."previous_time" IS NULL
      OR CAST(EXTRACT(YEAR FROM "s"."previous_time") AS BIGINT) < CAST(EXTRACT(YEAR FROM "s"."date") AS BIGINT)
    )
    AND (
      "s"."date" >= CAST('2022-01-01' AS DATE)
      AND "s"."date" < CAST('2026-10-01' AS DATE)
    )
), "linked_0" AS (
  SELECT
    "i"."key_0",
    CAST("r"."score" AS DECIMAL(18, 6)) AS "value",
    ROW_NUMBER() OVER (PARTITION BY "i"."key_0" ORDER BY "r"."date" ASC, "r"."answer_id") AS "pick"
  FROM "index_events" AS "i"
  INNER JOIN (
    SELECT
      *
    FROM "pro" AS "c"
    WHERE
      "c"."instrument" = 'WHO5'
      AND (
        "c"."date" >= CAST('2021-12-31' AS DATE)
        AND "c"."date" <= CAST('2026-10-09' AS DATE)
      )
  ) AS r
    ON "r"."person_id" = "i"."person"
    AND "r"."date" >= "i"."index_time"
    AND "r"."date" <= CAST("i"."index_time" AS TIMESTAMP) + INTERVAL '7' DAY
  WHERE
    "r"."date" >= "i"."index_time"
    AND "r"."date" <= CAST("i"."index_time" AS TIMESTAMP) + INTERVAL '7' DAY
    AND "r"."instrument" = 'WHO5'
)
SELECT
  CAST("i"."unit_code" AS TEXT) AS "unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") AS BIGINT) AS "period",
  CAST(COUNT(*) AS BIGINT) AS "eligible",
  CAST(COALESCE(
    SUM(
      CASE WHEN NOT CAST("linked_0"."value" AS DECIMAL(18, 6)) IS NULL THEN 1 ELSE 0 END
    ),
    0
  ) AS BIGINT) AS "n",
  CAST(COALESCE(
    SUM(CASE WHEN CAST("linked_0"."value" AS DECIMAL(18, 6)) IS NULL THEN 1 ELSE 0 END),
    0
  ) AS BIGINT) AS "missing",
  CAST(COALESCE(SUM(CAST("linked_0"."value" AS DECIMAL(18, 6))), 0) AS DECIMAL(38, 6)) AS "sum",
  CAST(COALESCE(
    SUM(
      CAST(CAST("linked_0"."value" AS DECIMAL(18, 6)) AS DECIMAL(19, 6)) * CAST("linked_0"."value" AS DECIMAL(18, 6))
    ),
    0
  ) AS DECIMAL(38, 12)) AS "sum_sq"
FROM "index_events" AS "i"
LEFT JOIN "linked_0"
  ON "linked_0"."key_0" = "i"."key_0" AND "linked_0"."pick" = 1
GROUP BY
  "i"."unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") AS BIGINT)
