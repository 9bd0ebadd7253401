-- hjerter-depression-efter-rehabilitering by hospital, 2022-01-01 to 2026-10-01
WITH "index_events" AS (
  SELECT
    "s"."referral_id" AS "key_0",
    "s"."person_id" AS "person",
    "s"."started" AS "index_time",
    "s"."hospital" AS "unit_code"
  FROM "rehabilitation" AS "s"
  LEFT JOIN "persons" AS "p0"
    ON "p0"."person_id" = "s"."person_id"
  WHERE
    "s"."participated"
    AND (
      "s"."started" >= CAST('2022-01-01' AS DATE)
      AND "s"."started" < CAST('2026-10-01' AS DATE)
    )
    AND (
      "p0"."death_date" IS NULL
      OR "p0"."death_date" > CAST(CAST("s"."started" AS DATE) AS TIMESTAMP) + INTERVAL '150' DAY
    )
), "linked_0" AS (
  SELECT
    "i"."key_0",
    CAST("r"."score" AS DECIMAL(18, 6)) AS "value",
    ROW_NUMBER() OVER (PARTITION BY "i"."key_0" ORDER BY "r"."date" DESC, "r"."answer_id") AS "pick"
  FROM "index_events" AS "i"
  INNER JOIN (
    SELECT
      *
    FROM "pro" AS "c"
    WHERE
      (
        "c"."instrument" = 'HADS_D' AND "c"."moment" = 'end'
      )
      AND (
        "c"."date" >= CAST('2021-12-31' AS DATE)
        AND "c"."date" <= CAST('2027-03-01' AS DATE)
      )
  ) AS r
    ON "r"."person_id" = "i"."person"
    AND "r"."date" >= "i"."index_time"
    AND "r"."date" <= CAST("i"."index_time" AS TIMESTAMP) + INTERVAL '150' DAY
  WHERE
    "r"."date" > CAST("i"."index_time" AS TIMESTAMP) + INTERVAL '55' DAY
    AND "r"."date" <= CAST("i"."index_time" AS TIMESTAMP) + INTERVAL '150' DAY
    AND (
      "r"."instrument" = 'HADS_D' AND "r"."moment" = 'end'
    )
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
