"""Every measure that the reference lists is in the catalogue, and none is shown as more than the reference says."""

from pathlib import Path

import pytest
import yaml

from vbs_site.catalogue.loading import load

ROOT = Path(__file__).parents[2]
MEASURES = {
    "hofte-knae": {
        "smerte-funktion-hofte": ["oxford-hip-score-12-maaneder"],
        "smerte-funktion-knae": ["oxford-knee-score-12-maaneder"],
        "livskvalitet": ["hofte-livskvalitet-12-maaneder"],
        "reoperation-hofte": ["hofte-reoperation-2-aar"],
        "protese-5-aar-hofte": ["hofteprotese-revision-5-aar"],
        "aseptisk-loesning": ["hofteprotese-aseptisk-loesning-5-aar"],
        "blodtransfusion-hofte": ["hofte-blodtransfusion"],
        "genindlaeggelse-knae": ["knae-genindlaeggelse-30-dage"],
        "revision-knae": ["knaeprotese-revision-1-2-og-5-aar"],
        "brisement-knae": ["knae-brisement-1-aar"],
        "infektion-knae": ["knae-infektion-1-aar"],
    },
    "apopleksi": {
        "funktionsniveau": ["apopleksi-funktionsniveau-3-maaneder"],
        "neurologiske-udfald": ["apopleksi-neurologiske-udfald"],
        "trivsel": ["apopleksi-trivsel"],
        "forstaaelse-kommunikation": ["apopleksi-forstaaelse-kommunikation"],
        "bevaegelighed": ["apopleksi-bevaegelighed"],
        "egenomsorg": ["apopleksi-egenomsorg"],
        "hverdagsaktiviteter": ["apopleksi-hverdagsaktiviteter"],
        "apopleksiafsnit": ["apopleksi-apopleksienhed"],
        "trombocythaemmer": ["apopleksi-trombocythaemmer"],
        "antikoagulation": ["apopleksi-antikoagulation"],
        "ct-mr": ["apopleksi-ct-mr-skanning"],
        "fysioterapeut": ["apopleksi-fysioterapeut"],
        "ergoterapeut": ["apopleksi-ergoterapeut"],
        "revaskularisering": ["apopleksi-revaskularisering"],
        "door-to-needle": ["apopleksi-trombolyse-inden-1-time"],
        "mortalitet-30": ["apopleksi-mortalitet-30-dage"],
        "genindlaeggelse": ["apopleksi-genindlaeggelse-30-dage"],
        "recidiv-1-aar": ["apopleksi-nyt-stroke-1-aar"],
    },
    "prostatakraeft": {
        "urininkontinens": ["prostatakraeft-urininkontinens"],
        "seksualfunktion": ["prostatakraeft-seksualfunktion"],
        "tarmgener": ["prostatakraeft-tarmgener"],
        "vandladningsgener": ["prostatakraeft-vandladningsgener"],
        "energi-hormonel": ["prostatakraeft-energi-og-hormonelle-gener"],
        "pro-daproca": ["prostatakraeft-patientens-egne-svar-i-registeret"],
        "margin-pt2": ["positiv-kirurgisk-margin-pt2"],
        "margin-pt3": ["positiv-kirurgisk-margin-pt3"],
        "biopsi-indlaeggelse": ["indlaeggelse-efter-prostatabiopsi"],
        "komplikation-30": ["prostatakraeft-komplikation-30-dage"],
        "aktiv-overvaagning-1-aar": ["active-surveillance-uden-haendelse-1-aar"],
    },
    "epilepsi": {
        "anfald": ["epilepsi-anfald"],
        "bivirkninger": ["epilepsi-bivirkninger"],
        "trivsel": ["epilepsi-trivsel"],
        "arbejde-soevn-hukommelse": ["epilepsi-belastning"],
        "anfaldsfrihed-12-mdr": ["epilepsi-anfaldsfrihed-12-maaneder"],
        "livskvalitet": ["epilepsi-livskvalitet"],
    },
    "angst-depression": {
        "depressionssymptomer": ["angst-depression-depressionssymptomer"],
        "angstsymptomer": ["angst-depression-angstsymptomer"],
        "trivsel": ["angst-depression-trivsel"],
        "depressionens-svaerhedsgrad": ["depression-svaerhedsgrad-hamd17"],
        "selvmordsrisiko": [
            "depression-selvmordsrisiko-indlaeggelse",
            "depression-selvmordsrisiko-udskrivelse",
        ],
        "genindlaeggelse": ["depression-genindlaeggelse-30-dage"],
        "paaroerendekontakt": ["depression-paaroerendekontakt"],
        "planlagt-opfoelgning": ["depression-planlagt-opfoelgning"],
        "funktion-arbejde": ["angst-depression-arbejde-funktion"],
    },
    "hjerter": {
        "hjertespecifik-livskvalitet": ["hjerter-livskvalitet-efter-rehabilitering"],
        "angst-depression": ["hjerter-angst-efter-rehabilitering", "hjerter-depression-efter-rehabilitering"],
        "angina": ["hjerter-brystsmerter-12-maaneder"],
        "sglt2": ["hjertesvigt-sglt2-haemmer"],
        "rehabilitering": ["hjerterehabilitering-deltagelse"],
        "mortalitet-30": ["hjerter-doedelighed-30-dage"],
    },
    "diabetes": {
        "selvvurderet-helbred": ["diabetes-selvvurderet-helbred"],
        "psykisk-trivsel": ["diabetes-psykisk-trivsel"],
        "diabetesbelastning": ["diabetes-diabetesbelastning"],
        "symptombelastning": ["diabetes-symptombelastning"],
        "behandlingsbyrde": ["diabetes-behandlingsbyrde"],
        "blodsukker-hypoglykaemi": ["diabetes-blodsukkerregulering-og-hypoglykaemi"],
        "tillid-egenomsorg": ["diabetes-tillid-til-egen-haandtering"],
        "tillid-stoette": ["diabetes-tillid-til-behandling-og-stoette"],
        "hba1c-lav": ["diabetes-hba1c-under-59"],
        "hba1c-hoej": ["diabetes-hba1c-75-eller-derover"],
        "blodtryk": ["diabetes-blodtryk"],
        "albuminuri": ["diabetes-albuminuri"],
        "oejne": ["diabetes-oejenundersoegelse"],
        "foedder": ["diabetes-fodundersoegelse"],
    },
}
"""Area to measure of the reference to the measures of the catalogue that stand for it."""
AT_MOST = {
    "found": {"pro-topic"},
    "found_en": {"agreed-topic", "pro-topic"},
    "indicator": {"register-indicator"},
    "candidate": {"proposal"},
    "memory": {"proposal"},
}
"""Certainty mark of the reference to what a measure may be called."""


@pytest.fixture(scope="module")
def reference():
    path = ROOT / ".." / "shared" / "reference" / "effektmaal.yaml"
    if not path.exists():
        pytest.skip("the reference is not there")
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def catalogue():
    return load(ROOT / "indicators.yaml").catalogue


def test_every_measure_of_every_area_is_in_the_catalogue(reference, catalogue):
    listed = {area["id"]: {each["id"] for each in area["measures"]} for area in reference["areas"]}
    assert {area: set(measures) for area, measures in MEASURES.items()} == listed
    ours = {**catalogue.indicators, **catalogue.described}
    for area, measures in MEASURES.items():
        for name in [name for names in measures.values() for name in names]:
            assert area in ours[name].areas
    assert len(ours) >= 60
    assert len(catalogue.computed) >= 35


def test_no_measure_is_called_more_than_the_reference_says(reference, catalogue):
    ours = {**catalogue.indicators, **catalogue.described}
    for area in reference["areas"]:
        for each in area["measures"]:
            for name in MEASURES[area["id"]][each["id"]]:
                assert ours[name].provenance.status in AT_MOST[each["status"]], name
    named = {name for measures in MEASURES.values() for names in measures.values() for name in names}
    assert {ours[name].provenance.status for name in ours.keys() - named} <= {"proposal"}
