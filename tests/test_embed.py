"""The bundled encoder against its origin's published engine, by itself, and in the hands of sentence-transformers."""

from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path

import numpy as np
import pytest
from files import COUNTY, DATA

from index.build import add, build
from index.embed import BUNDLED, BundledEncoder, Encoder, open_encoder
from index.errors import UserError
from index.store import open_index

TEXTS = json.loads((DATA / "encoder-texts.json").read_text(encoding="utf-8"))
PASSAGES: list[str] = TEXTS["passages"]
QUERIES: list[str] = TEXTS["queries"]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return open_encoder()


def test_vectors_are_those_of_the_trained_weights(encoder: Encoder) -> None:
    # The reference rows were made once by PyTorch with the trained weights in 32 bits; rounded twice since.
    reference = np.load(DATA / "encoder-reference.npy")
    rows = np.concatenate([encoder.passages(PASSAGES), encoder.queries(QUERIES)])
    assert (rows * reference).sum(axis=1).min() >= 0.98
    # Rounding moves no text nearer to another text than to itself.
    assert ((rows @ reference.T).argmax(axis=1) == np.arange(len(rows))).all()


def test_rows_are_float32_units(encoder: Encoder) -> None:
    rows = encoder.passages([*PASSAGES, "", "🙂", "字" * 100_000, "\ud83d"])
    assert (rows.shape, rows.dtype) == ((9, 384), np.float32)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-6)
    assert encoder.passages([]).shape == encoder.queries([]).shape == (0, 384)


def test_a_row_does_not_depend_on_its_neighbours(encoder: Encoder) -> None:
    together = encoder.passages([*PASSAGES, "长" * 400])
    for at, text in enumerate(PASSAGES):
        np.testing.assert_array_equal(encoder.passages([text])[0], together[at])
    np.testing.assert_array_equal(encoder.passages(PASSAGES[::-1]), together[:5][::-1])


def test_questions_and_passages_have_their_own_prefixes(encoder: Encoder) -> None:
    assert not np.array_equal(encoder.queries(["目标"]), encoder.passages(["目标"]))


def test_progress_counts_up_to_all(encoder: Encoder) -> None:
    told: list[tuple[int, int]] = []
    encoder.passages(["一", "二", "三"] * 30, lambda done, of: told.append((done, of)))
    assert told == [(64, 90), (90, 90)]


def test_the_folder_is_small_and_has_a_card() -> None:
    assert sum(file.stat().st_size for file in BUNDLED.rglob("*") if file.is_file()) <= 45_000_000
    assert "intfloat/multilingual-e5-small" in (BUNDLED / "README.md").read_text(encoding="utf-8")


def test_the_digest_counts_weights_and_not_the_card(encoder: Encoder, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(BUNDLED, tmp_path / "model"))
    (copy / "README.md").write_text("another card")
    (copy / ".DS_Store").write_text("")
    assert BundledEncoder(copy).digest == encoder.digest
    (copy / "1_Pooling" / "config.json").write_text("{}")
    assert BundledEncoder(copy).digest != encoder.digest


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_damaged_or_missing_file_of_the_model_is_a_users_error(name: str, tmp_path: Path) -> None:
    for file in ("model.onnx", "tokenizer.json"):
        (tmp_path / file).symlink_to(BUNDLED / file)
    (tmp_path / name).unlink()
    (tmp_path / name).write_bytes((BUNDLED / name).read_bytes()[:100_000])
    with pytest.raises(UserError, match=r"^the model in .* is damaged \(\w+\); wanted the files as shipped\. "):
        BundledEncoder(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(UserError, match=f"has no {name}; wanted a model folder as shipped"):
        BundledEncoder(tmp_path)


def test_sentence_transformers_loads_the_folder_without_a_network(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sentence_transformers import SentenceTransformer

    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    model = SentenceTransformer(str(BUNDLED), device="cpu", trust_remote_code=True)
    np.testing.assert_allclose(model.encode_query(QUERIES), encoder.queries(QUERIES), atol=1e-6)
    np.testing.assert_allclose(model.encode_document(PASSAGES), encoder.passages(PASSAGES), atol=1e-6)
    assert model.similarity_fn_name == "cosine"
    # By its folder, too, it is the same encoder: an index of the one opens with the other.
    assert open_encoder(str(BUNDLED)).digest == encoder.digest


def _tiny_model(folder: Path) -> Path:
    """A sentence-transformers model of 16 random dimensions a character."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    characters = sorted(set(COUNTY.read_text(encoding="utf-8")) - {" ", "\n"})
    tokenizer = Tokenizer(models.WordLevel({c: i for i, c in enumerate(["[UNK]", *characters])}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    weights = np.random.default_rng(5).normal(size=(len(characters) + 1, 16)).astype(np.float32)
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=weights)], device="cpu").save(str(folder))
    return folder


def test_another_model_by_its_folder_builds_searches_and_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, out = _tiny_model(tmp_path / "tiny"), tmp_path / "index"
    monkeypatch.chdir(tmp_path)
    build([COUNTY], out, model="tiny")
    monkeypatch.chdir("/")
    index = open_index(out)
    assert (index.encoder.name, index.encoder.dimension) == (str(model), 16)
    sentence = index.text(index.passages[7])
    assert index.search(sentence, 1)[0].passage == index.passages[7]
    note = tmp_path / "短讯.txt"
    note.write_text("全县新建公路十二公里。", encoding="utf-8")
    add([note], out)
    assert list(open_index(out).documents) == ["report-county", "短讯"]
    with pytest.raises(UserError) as caught:
        open_index(out, "bundled")
    assert str(caught.value) == (
        f"the index in {out} was built with encoder {str(model)!r} ({index.encoder.digest[:12]}); "
        f"wanted the running encoder 'bundled' ({open_encoder().digest[:12]}). "
        f"Build it again with this encoder: python -m index build PATH... --out {out} --model bundled"
    )
    shutil.rmtree(model)
    with pytest.raises(UserError, match=r"no model '.*tiny' could be loaded \(no such folder\); wanted .*--model\.$"):
        open_index(out)


def test_a_folder_that_is_no_model_is_a_users_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="could be loaded"):
        open_encoder(str(tmp_path))
