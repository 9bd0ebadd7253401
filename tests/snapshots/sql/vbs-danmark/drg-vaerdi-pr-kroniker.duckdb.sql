-- drg-vaerdi-pr-kroniker by residence_council, 2022-01-01 to 2026-10-01
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
), "memberships" AS (
  SELECT
    "m"."person",
    "m"."q",
    LEAST(
      "m"."q" + 20,
      "m"."next_q",
      8106,
      CAST(EXTRACT(YEAR FROM "p0"."death_date") * 4 + (
        EXTRACT(QUARTER FROM "p0"."death_date") - 1
      ) AS BIGINT)
    ) AS "until",
    "p0"."municipality" AS "unit_code"
  FROM "spells" AS "m"
  LEFT JOIN "persons" AS "p0"
    ON "p0"."person_id" = "m"."person"
), "periods" AS (
  SELECT
    CAST("v"."period" AS BIGINT) AS "period"
  FROM (VALUES
    (8088),
    (8089),
    (8090),
    (8091),
    (8092),
    (8093),
    (8094),
    (8095),
    (8096),
    (8097),
    (8098),
    (8099),
    (8100),
    (8101),
    (8102),
    (8103),
    (8104),
    (8105),
    (8106)) AS "v"("period")
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
), "added" AS (
  SELECT
    "m"."unit_code",
    "t"."period",
    "m"."members",
    CAST(NULL AS DECIMAL(18, 2)) AS "amount"
  FROM (
    SELECT
      "m"."unit_code",
      "m"."q",
      "m"."until",
      CAST(COUNT(*) AS BIGINT) AS "members"
    FROM "memberships" AS "m"
    GROUP BY
      "m"."unit_code",
      "m"."q",
      "m"."until"
  ) AS m
  JOIN "periods" AS "t"
    ON "t"."period" > "m"."q" AND "t"."period" <= "m"."until"
  UNION ALL
  SELECT
    "m"."unit_code",
    "a"."period",
    CAST(0 AS BIGINT) AS "members",
    "a"."amount"
  FROM "amounts" AS "a"
  JOIN "memberships" AS "m"
    ON "m"."person" = "a"."person"
    AND (
      "a"."period" > "m"."q" AND "a"."period" <= "m"."until"
    )
)
SELECT
  CAST("i"."unit_code" AS TEXT) AS "unit_code",
  "i"."period" AS "period",
  CAST(COALESCE(SUM("i"."members"), 0) AS BIGINT) AS "eligible",
  CAST(COALESCE(SUM("i"."members"), 0) AS BIGINT) AS "n",
  CAST(COALESCE(SUM(CASE WHEN NOT "i"."amount" IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) AS "numerator",
  CAST(COALESCE(SUM("i"."amount"), 0) AS DECIMAL(38, 6)) AS "sum",
  CAST(COALESCE(SUM(CAST("i"."amount" AS DECIMAL(19, 6)) * "i"."amount"), 0) AS DECIMAL(38, 12)) AS "sum_sq"
FROM "added" AS "i"
GROUP BY
  "i"."unit_code",
  "i"."period"
