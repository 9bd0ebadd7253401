-- prostatakraeft-vandladningsgener by hospital, 2021-01-01 to 2026-10-01
WITH "index_events" AS (
  SELECT
    "s"."registration_id" AS "key_0",
    "s"."person_id" AS "person",
    "s"."date" AS "index_time",
    "s"."hospital" AS "unit_code"
  FROM "prostatectomies" AS "s"
  LEFT JOIN "persons" AS "p0"
    ON "p0"."person_id" = "s"."person_id"
  WHERE
    (
      "s"."date" >= CAST('2021-01-01' AS DATE)
      AND "s"."date" < CAST('2026-10-01' AS DATE)
    )
    AND (
      "p0"."death_date" IS NULL
      OR "p0"."death_date" > CAST(CAST("s"."date" AS DATE) AS TIMESTAMP) + INTERVAL '425' DAY
    )
), "baseline_answers" AS (
  SELECT
    "i"."key_0",
    CAST("r"."score" AS DECIMAL(18, 6)) AS "score",
    ROW_NUMBER() OVER (PARTITION BY "i"."key_0" ORDER BY "r"."date" DESC, "r"."answer_id") AS "pick"
  FROM "index_events" AS "i"
  INNER JOIN (
    SELECT
      *
    FROM "pro" AS "c"
    WHERE
      "c"."instrument" = 'EPIC26_IRRITATION'
      AND "c"."moment" = 'baseline'
      AND NOT "c"."score" IS NULL
      AND (
        "c"."date" >= CAST('2020-10-02' AS DATE)
        AND "c"."date" <= CAST('2026-10-02' AS DATE)
      )
  ) AS r
    ON "r"."person_id" = "i"."person"
    AND CAST("r"."date" AS DATE) >= CAST(CAST("i"."index_time" AS DATE) AS TIMESTAMP) + INTERVAL '-90' DAY
    AND CAST("r"."date" AS DATE) <= CAST("i"."index_time" AS DATE)
), "follow_up_answers" AS (
  SELECT
    "i"."key_0",
    CAST("r"."score" AS DECIMAL(18, 6)) AS "score",
    ROW_NUMBER() OVER (PARTITION BY "i"."key_0" ORDER BY "r"."date" ASC, "r"."answer_id") AS "pick"
  FROM "index_events" AS "i"
  INNER JOIN (
    SELECT
      *
    FROM "pro" AS "c"
    WHERE
      "c"."instrument" = 'EPIC26_IRRITATION'
      AND "c"."moment" = 'follow_up'
      AND NOT "c"."score" IS NULL
      AND (
        "c"."date" >= CAST('2020-12-31' AS DATE)
        AND "c"."date" <= CAST('2027-12-01' AS DATE)
      )
  ) AS r
    ON "r"."person_id" = "i"."person"
    AND CAST("r"."date" AS DATE) >= CAST(CAST("i"."index_time" AS DATE) AS TIMESTAMP) + INTERVAL '305' DAY
    AND CAST("r"."date" AS DATE) <= CAST(CAST("i"."index_time" AS DATE) AS TIMESTAMP) + INTERVAL '425' DAY
)
SELECT
  CAST("i"."unit_code" AS TEXT) AS "unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") AS BIGINT) AS "period",
  CAST(COUNT(*) AS BIGINT) AS "eligible",
  CAST(COALESCE(
    SUM(
      CASE
        WHEN NOT "baseline"."score" IS NULL AND NOT "follow_up"."score" IS NULL
        THEN 1
        ELSE 0
      END
    ),
    0
  ) AS BIGINT) AS "n",
  CAST(COALESCE(
    SUM(
      CASE
        WHEN (
          NOT "baseline"."score" IS NULL AND NOT "follow_up"."score" IS NULL
        )
        AND (
          "follow_up"."score" - "baseline"."score"
        ) >= 5.0
        THEN 1
        ELSE 0
      END
    ),
    0
  ) AS BIGINT) AS "numerator",
  CAST(COALESCE(
    SUM(
      CASE
        WHEN NOT "baseline"."score" IS NULL AND NOT "follow_up"."score" IS NULL
        THEN 0
        ELSE 1
      END
    ),
    0
  ) AS BIGINT) AS "missing",
  CAST(COALESCE(
    SUM(
      CASE
        WHEN NOT "baseline"."score" IS NULL AND NOT "follow_up"."score" IS NULL
        THEN (
          "follow_up"."score" - "baseline"."score"
        )
      END
    ),
    0
  ) AS DECIMAL(38, 6)) AS "sum",
  CAST(COALESCE(
    SUM(
      CAST(CASE
        WHEN NOT "baseline"."score" IS NULL AND NOT "follow_up"."score" IS NULL
        THEN (
          "follow_up"."score" - "baseline"."score"
        )
      END AS DECIMAL(19, 6)) * CASE
        WHEN NOT "baseline"."score" IS NULL AND NOT "follow_up"."score" IS NULL
        THEN (
          "follow_up"."score" - "baseline"."score"
        )
      END
    ),
    0
  ) AS DECIMAL(38, 12)) AS "sum_sq"
FROM "index_events" AS "i"
LEFT JOIN "baseline_answers" AS "baseline"
  ON "baseline"."key_0" = "i"."key_0" AND "baseline"."pick" = 1
LEFT JOIN "follow_up_answers" AS "follow_up"
  ON "follow_up"."key_0" = "i"."key_0" AND "follow_up"."pick" = 1
GROUP BY
  "i"."unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") AS BIGINT)
