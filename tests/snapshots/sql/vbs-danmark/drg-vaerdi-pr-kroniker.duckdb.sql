-- drg-vaerdi-pr-kroniker by residence, 2022-01-01 to 2026-10-01
WITH "qualifying" AS (
  SELECT DISTINCT
    "c"."person_id" AS "person",
    CAST(EXTRACT(YEAR FROM "c"."start") * 4 + (
      EXTRACT(QUARTER FROM "c"."start") - 1
    ) AS BIGINT) AS "q"
  FROM "contacts" AS "c"
  WHERE
    (
      "c"."diagnosis" LIKE 'DE10%'
      OR "c"."diagnosis" LIKE 'DE11%'
      OR "c"."diagnosis" LIKE 'DJ44%'
    )
    AND (
      "c"."start" >= CAST(CAST('2016-12-17' AS DATE) AS TIMESTAMP)
      AND "c"."start" < CAST(CAST('2026-10-01' AS DATE) AS TIMESTAMP)
    )
), "spells" AS (
  SELECT
    "d"."person",
    "d"."q",
    LEAD("d"."q") OVER (PARTITION BY "d"."person" ORDER BY "d"."q") AS "next_q"
  FROM "qualifying" AS "d"
), "periods" AS (
  SELECT
    CAST(8088 AS BIGINT) AS "period"
  UNION ALL
  SELECT
    CAST(8089 AS BIGINT) AS "period"
  UNION ALL
  SELECT
    CAST(8090 AS BIGINT) AS "period"
  UNION ALL
  SELECT
    CAST(8091 AS BIGINT) AS "period"
  UNION ALL
  SELECT
    CAST(8092 AS BIGINT) AS "period"
  UNION ALL
  SELECT
    CAST(8093 AS BIGINT) AS "period"
  UNION ALL
  SELECT
    CAST(8094 AS BIGINT) AS "period"
  UNION ALL
  SELECT
    CAST(8095 AS BIGINT) AS "period"
  UNION ALL
  SELECT
    CAST(8096 AS BIGINT) AS "period"
  UNION ALL
  SELECT
    CAST(8097 AS BIGINT) AS "period"
  UNION ALL
  SELECT
    CAST(8098 AS BIGINT) AS "period"
  UNION ALL
  SELECT
    CAST(8099 AS BIGINT) AS "period"
  UNION ALL
  SELECT
    CAST(8100 AS BIGINT) AS "period"
  UNION ALL
  SELECT
    CAST(8101 AS BIGINT) AS "period"
  UNION ALL
  SELECT
    CAST(8102 AS BIGINT) AS "period"
  UNION ALL
  SELECT
    CAST(8103 AS BIGINT) AS "period"
  UNION ALL
  SELECT
    CAST(8104 AS BIGINT) AS "period"
  UNION ALL
  SELECT
    CAST(8105 AS BIGINT) AS "period"
  UNION ALL
  SELECT
    CAST(8106 AS BIGINT) AS "period"
), "members" AS (
  SELECT
    "m"."person",
    "t"."period",
    "p1"."region" AS "unit_code"
  FROM "spells" AS "m"
  INNER JOIN "periods" AS "t"
    ON "t"."period" > "m"."q"
    AND "t"."period" <= CASE WHEN "m"."next_q" < "m"."q" + 20 THEN "m"."next_q" ELSE "m"."q" + 20 END
  LEFT JOIN "persons" AS "p0"
    ON "p0"."person_id" = "m"."person"
  LEFT JOIN "municipalities" AS "p1"
    ON "p1"."municipality" = "p0"."municipality"
  WHERE
    "p0"."death_date" IS NULL
    OR CAST(EXTRACT(YEAR FROM "p0"."death_date") * 4 + (
      EXTRACT(QUARTER FROM "p0"."death_date") - 1
    ) AS BIGINT) >= "t"."period"
), "amounts" AS (
  SELECT
    "c"."person_id" AS "person",
    CAST(EXTRACT(YEAR FROM "c"."start") * 4 + (
      EXTRACT(QUARTER FROM "c"."start") - 1
    ) AS BIGINT) AS "period",
    CAST(SUM("c"."drg_value") AS DECIMAL(18, 2)) AS "amount"
  FROM "contacts" AS "c"
  WHERE
    (
      "c"."start" >= CAST(CAST('2022-01-01' AS DATE) AS TIMESTAMP)
      AND "c"."start" < CAST(CAST('2026-10-01' AS DATE) AS TIMESTAMP)
    )
    AND "c"."person_id" IN (
      SELECT DISTINCT
        "person"
      FROM "qualifying"
    )
  GROUP BY
    "c"."person_id",
    CAST(EXTRACT(YEAR FROM "c"."start") * 4 + (
      EXTRACT(QUARTER FROM "c"."start") - 1
    ) AS BIGINT)
)
SELECT
  CAST("i"."unit_code" AS TEXT) AS "unit_code",
  "i"."period" AS "period",
  CAST(NULL AS TEXT) AS "sex",
  CAST(NULL AS TEXT) AS "age_band",
  CAST(NULL AS BIGINT) AS "bin",
  CAST(COUNT(*) AS BIGINT) AS "eligible",
  CAST(COUNT(*) AS BIGINT) AS "n",
  CAST(COALESCE(SUM(CASE WHEN NOT "a"."amount" IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS "numerator",
  CAST(0 AS BIGINT) AS "missing",
  CAST(0 AS BIGINT) AS "person_days",
  CAST(COALESCE(SUM(COALESCE("a"."amount", CAST(0 AS DECIMAL(18, 2)))), 0) AS DECIMAL(38, 6)) AS "sum",
  CAST(COALESCE(
    SUM(
      CAST(COALESCE("a"."amount", CAST(0 AS DECIMAL(18, 2))) AS DECIMAL(19, 6)) * COALESCE("a"."amount", CAST(0 AS DECIMAL(18, 2)))
    ),
    0
  ) AS DECIMAL(38, 12)) AS "sum_sq",
  CAST(0 AS DECIMAL(38, 6)) AS "expected",
  CAST(0 AS DECIMAL(38, 12)) AS "residual_sq"
FROM "members" AS "i"
LEFT JOIN "amounts" AS "a"
  ON "a"."person" = "i"."person" AND "a"."period" = "i"."period"
GROUP BY
  "i"."unit_code",
  "i"."period"
