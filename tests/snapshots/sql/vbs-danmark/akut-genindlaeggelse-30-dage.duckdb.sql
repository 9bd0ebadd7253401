-- akut-genindlaeggelse-30-dage by hospital, 2022-01-01 to 2026-10-01
WITH "index_events" AS (
  SELECT
    "s"."contact_id" AS "key_0",
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
  FROM "contacts" AS "s"
  LEFT JOIN "persons" AS "p0"
    ON "p0"."person_id" = "s"."person_id"
  WHERE
    (
      "s"."contact_kind" = 'inpatient' AND NOT (
        "s"."diagnosis" LIKE 'DC%'
      )
    )
    AND (
      "s"."end" >= CAST(CAST('2022-01-01' AS DATE) AS TIMESTAMP)
      AND "s"."end" < CAST(CAST('2026-10-01' AS DATE) AS TIMESTAMP)
    )
    AND (
      "p0"."death_date" IS NULL OR "p0"."death_date" > CAST("s"."end" AS DATE)
    )
), "linked_0" AS (
  SELECT
    "i"."key_0",
    MAX(
      CASE
        WHEN "r"."start" >= "i"."index_time"
        AND "r"."start" <= CAST("i"."index_time" AS TIMESTAMP) + INTERVAL '4' HOUR
        AND "r"."contact_kind" = 'inpatient'
        THEN 1
        ELSE 0
      END
    ) AS "excluded_1",
    MAX(
      CASE
        WHEN "r"."start" > CAST("i"."index_time" AS TIMESTAMP) + INTERVAL '4' HOUR
        AND "r"."start" <= CAST("i"."index_time" AS TIMESTAMP) + INTERVAL '30' DAY
        AND (
          "r"."contact_kind" = 'inpatient' AND "r"."acute"
        )
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
    AND "r"."start" >= "i"."index_time"
    AND (
      "r"."start" <= CAST("i"."index_time" AS TIMESTAMP) + INTERVAL '4' HOUR
      OR "r"."start" <= CAST("i"."index_time" AS TIMESTAMP) + INTERVAL '30' DAY
    )
    AND NOT (
      "r"."contact_id" = "i"."key_0"
    )
  GROUP BY
    "i"."key_0"
)
SELECT
  CAST("i"."unit_code" AS TEXT) AS "unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") * 4 + (
    EXTRACT(QUARTER FROM "i"."index_time") - 1
  ) AS BIGINT) AS "period",
  CAST("i"."sex" AS TEXT) AS "sex",
  CAST("i"."age_band" AS TEXT) AS "age_band",
  CAST(COUNT(*) AS BIGINT) AS "eligible",
  CAST(COUNT(*) AS BIGINT) AS "n",
  CAST(COALESCE(SUM(CASE WHEN COALESCE("linked_0"."event", 0) >= 1 THEN 1 ELSE 0 END), 0) AS BIGINT) AS "numerator"
FROM "index_events" AS "i"
LEFT JOIN "linked_0"
  ON "linked_0"."key_0" = "i"."key_0"
WHERE
  NOT COALESCE("linked_0"."excluded_1", 0) >= 1
GROUP BY
  "i"."unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") * 4 + (
    EXTRACT(QUARTER FROM "i"."index_time") - 1
  ) AS BIGINT),
  "i"."sex",
  "i"."age_band"

-- akut-genindlaeggelse-30-dage by residence_council, 2022-01-01 to 2026-10-01
WITH "index_events" AS (
  SELECT
    "s"."contact_id" AS "key_0",
    "s"."person_id" AS "person",
    "s"."end" AS "index_time",
    "p0"."municipality" AS "unit_code",
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
  FROM "contacts" AS "s"
  LEFT JOIN "persons" AS "p0"
    ON "p0"."person_id" = "s"."person_id"
  WHERE
    (
      "s"."contact_kind" = 'inpatient' AND NOT (
        "s"."diagnosis" LIKE 'DC%'
      )
    )
    AND (
      "s"."end" >= CAST(CAST('2022-01-01' AS DATE) AS TIMESTAMP)
      AND "s"."end" < CAST(CAST('2026-10-01' AS DATE) AS TIMESTAMP)
    )
    AND (
      "p0"."death_date" IS NULL OR "p0"."death_date" > CAST("s"."end" AS DATE)
    )
), "linked_0" AS (
  SELECT
    "i"."key_0",
    MAX(
      CASE
        WHEN "r"."start" >= "i"."index_time"
        AND "r"."start" <= CAST("i"."index_time" AS TIMESTAMP) + INTERVAL '4' HOUR
        AND "r"."contact_kind" = 'inpatient'
        THEN 1
        ELSE 0
      END
    ) AS "excluded_1",
    MAX(
      CASE
        WHEN "r"."start" > CAST("i"."index_time" AS TIMESTAMP) + INTERVAL '4' HOUR
        AND "r"."start" <= CAST("i"."index_time" AS TIMESTAMP) + INTERVAL '30' DAY
        AND (
          "r"."contact_kind" = 'inpatient' AND "r"."acute"
        )
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
    AND "r"."start" >= "i"."index_time"
    AND (
      "r"."start" <= CAST("i"."index_time" AS TIMESTAMP) + INTERVAL '4' HOUR
      OR "r"."start" <= CAST("i"."index_time" AS TIMESTAMP) + INTERVAL '30' DAY
    )
    AND NOT (
      "r"."contact_id" = "i"."key_0"
    )
  GROUP BY
    "i"."key_0"
)
SELECT
  CAST("i"."unit_code" AS TEXT) AS "unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") * 4 + (
    EXTRACT(QUARTER FROM "i"."index_time") - 1
  ) AS BIGINT) AS "period",
  CAST("i"."sex" AS TEXT) AS "sex",
  CAST("i"."age_band" AS TEXT) AS "age_band",
  CAST(COUNT(*) AS BIGINT) AS "eligible",
  CAST(COUNT(*) AS BIGINT) AS "n",
  CAST(COALESCE(SUM(CASE WHEN COALESCE("linked_0"."event", 0) >= 1 THEN 1 ELSE 0 END), 0) AS BIGINT) AS "numerator"
FROM "index_events" AS "i"
LEFT JOIN "linked_0"
  ON "linked_0"."key_0" = "i"."key_0"
WHERE
  NOT COALESCE("linked_0"."excluded_1", 0) >= 1
GROUP BY
  "i"."unit_code",
  CAST(EXTRACT(YEAR FROM "i"."index_time") * 4 + (
    EXTRACT(QUARTER FROM "i"."index_time") - 1
  ) AS BIGINT),
  "i"."sex",
  "i"."age_band"
