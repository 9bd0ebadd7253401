-- angst-depression-trivsel by hospital, 2022-01-01 to 2026-10-01
WITH "index_events" AS (
  SELECT
    "s"."course_id" AS "key_0",
    "s"."person_id" AS "person",
    "s"."end" AS "index_time",
    "s"."hospital" AS "unit_code",
    "p0"."sex" AS "sex",
    CASE
      WHEN "p0"."birth_date" IS NULL OR "p0"."birth_date" > CAST("s"."end" AS DATE)
      THEN NULL
      WHEN "p0"."birth_date" > CAST(CAST("s"."end" AS DATE) AS TIMESTAMP) + INTERVAL '-216' MONTH
      THEN '00-17'
      WHEN "p0"."birth_date" > CAST(CAST("s"."end" AS DATE) AS TIMESTAMP) + INTERVAL '-480' MONTH
      THEN '18-39'
      WHEN "p0"."birth_date" > CAST(CAST("s"."end" AS DATE) AS TIMESTAMP) + INTERVAL '-780' MONTH
      THEN '40-64'
      WHEN "p0"."birth_date" > CAST(CAST("s"."end" AS DATE) AS TIMESTAMP) + INTERVAL '-960' MONTH
      THEN '65-79'
      ELSE '80+'
    END AS "age_band"
  FROM "outpatient_courses" AS "s"
  LEFT JOIN "persons" AS "p0"
    ON "p0"."person_id" = "s"."person_id"
  WHERE
    (
      "s"."end" >= CAST('2022-01-01' AS DATE)
      AND "s"."end" < CAST('2026-10-01' AS DATE)
    )
    AND (
      "p0"."death_date" IS NULL
      OR "p0"."death_date" > CAST(CAST("s"."end" AS DATE) AS TIMESTAMP) + INTERVAL '60' DAY
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
      "c"."instrument" = 'WHO5'
      AND "c"."moment" = 'start'
      AND NOT "c"."score" IS NULL
      AND (
        "c"."date" >= CAST('2020-11-26' AS DATE)
        AND "c"."date" <= CAST('2026-10-02' AS DATE)
      )
  ) AS r
    ON "r"."person_id" = "i"."person"
    AND CAST("r"."date" AS DATE) >= CAST(CAST("i"."index_time" AS DATE) AS TIMESTAMP) + INTERVAL '-400' DAY
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
      "c"."instrument" = 'WHO5'
      AND "c"."moment" = 'end'
      AND NOT "c"."score" IS NULL
      AND (
        "c"."date" >= CAST('2021-12-01' AS DATE)
        AND "c"."date" <= CAST('2026-12-01' AS DATE)
      )
  ) AS r
    ON "r"."person_id" = "i"."person"
    AND CAST("r"."date" AS DATE) >= CAST(CAST("i"."index_time" AS DATE) AS TIMESTAMP) + INTERVAL '-30' DAY
    AND CAST("r"."date" AS DATE) <= CAST(CAST("i"."index_time" AS DATE) AS TIMESTAMP) + INTERVAL '60' DAY
)
SELECT
  CAST("i"."unit_code" AS TEXT) AS "unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") AS BIGINT) AS "period",
  CAST("i"."sex" AS TEXT) AS "sex",
  CAST("i"."age_band" AS TEXT) AS "age_band",
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
  CAST(EXTRACT(YEAR FROM "i"."index_time") AS BIGINT),
  "i"."sex",
  "i"."age_band"
