"""Descriptions of the API as the generators read them: put right, and completed."""

from __future__ import annotations

from typing import Any

from pytest_engine.generate.description import correct, restore

TEXT = {"type": "string"}


def described(**fields: Any) -> dict[str, Any]:
    """An object with these fields."""
    return {"type": "object", "fields": fields}


def test_what_a_newer_description_has_dropped_is_restored() -> None:
    new: dict[str, Any] = {
        "operations": [{"id": "Use", "responses": {"200": {"schema": described(New=TEXT)}}}],
        "definitions": {
            "Thing": described(Kept=TEXT, Inner=described(Kept=TEXT)),
            "Other": {"type": "array", "items": described(Kept=TEXT)},
            "Text": TEXT,
        },
    }
    number = {"type": "integer"}
    old = {
        "operations": [{"id": "Use", "responses": {"200": {"schema": described(Old=TEXT)}}}],
        "definitions": {
            "Thing": described(
                Kept=number, Inner=described(Kept=TEXT, Below=TEXT), Gone={"ref": "Past"}
            ),
            "Other": {"type": "array", "items": described(Kept=TEXT, Gone=TEXT)},
            "Text": described(Never=TEXT),
            "Past": described(Deep={"ref": "Deeper"}),
            "Deeper": TEXT,
            "Forgotten": TEXT,
        },
    }
    restore(new, [old])
    assert new["definitions"] == {
        "Thing": described(Kept=TEXT, Inner=described(Kept=TEXT, Below=TEXT), Gone={"ref": "Past"}),
        "Other": {"type": "array", "items": described(Kept=TEXT, Gone=TEXT)},
        "Text": TEXT,
        "Past": described(Deep={"ref": "Deeper"}),
        "Deeper": TEXT,
    }
    answer = new["operations"][0]["responses"]["200"]["schema"]
    assert answer == described(New=TEXT, Old=TEXT)


def test_a_field_that_an_extension_states_is_not_restored_below_it() -> None:
    new: dict[str, Any] = {
        "operations": [],
        "definitions": {
            "Whole": {**described(Moved=TEXT), "all_of": [{"ref": "Part"}]},
            "Part": described(Name=TEXT),
        },
    }
    old = {"operations": [], "definitions": {"Part": described(Name=TEXT, Moved=TEXT)}}
    restore(new, [old])
    assert new["definitions"]["Part"] == described(Name=TEXT)


def test_what_engines_send_undescribed_is_added() -> None:
    api = {"definitions": {"Service": described(Spec=TEXT)}, "operations": []}
    fields = correct(api, {})[0]["definitions"]["Service"]["fields"]
    assert fields == {"Spec": TEXT, "PreviousSpec": {"ref": "ServiceSpec"}}


def test_what_engines_spell_otherwise_is_corrected_in_a_copy() -> None:
    spec = described(ContainerSpec=described(HealthCheck=TEXT, Image=TEXT))
    operation = {
        "id": "SecretCreate",
        "method": "POST",
        "path": "/secrets/create",
        "responses": {"201": {"schema": {"ref": "IDResponse"}}},
    }
    api = {"definitions": {"TaskSpec": spec}, "operations": [operation]}
    told = {"ContainerSpec.HealthCheck": ["1.27", None], "ContainerSpec.HealthCheck.Test": 1}
    changes = {
        "definitions": {"TaskSpec": {"fields": told}},
        "operations": {"POST /secrets/create": {"answer": {"Id": ["1.36", None]}}},
    }
    corrected, spans = correct(api, changes)
    fields = corrected["definitions"]["TaskSpec"]["fields"]["ContainerSpec"]["fields"]
    assert list(fields) == ["Healthcheck", "Image"]
    assert spans["definitions"]["TaskSpec"]["fields"] == {
        "ContainerSpec.Healthcheck": ["1.27", None],
        "ContainerSpec.Healthcheck.Test": 1,
    }
    answer = corrected["operations"][0]["responses"]["201"]["schema"]
    assert answer == described(ID=TEXT)
    assert spans["operations"]["POST /secrets/create"]["answer"] == 1
    assert spec == described(ContainerSpec=described(HealthCheck=TEXT, Image=TEXT))
