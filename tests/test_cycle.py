"""Training that is stopped goes on as if it had not been; the rate rises and falls; what was learnt is learnt."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tiny_reader import examples, letters, network
from tokenizers import Tokenizer

from qa.batch import encode
from qa.cycle import Cycle, label_loss, outputs_of, run
from qa.examples import Example

CYCLE = Cycle(updates=10, rate=2e-3, hide=0.2, pairs=4, dropout=0.1)


@pytest.fixture
def tokenizer() -> Tokenizer:
    return letters()


def _stopping(passes: int) -> Callable[[random.Random], Sequence[Example]]:
    left = iter(range(passes))

    def draw(rng: random.Random) -> Sequence[Example]:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return examples(rng)

    return draw


def test_a_cycle_that_was_stopped_ends_as_one_that_was_not(tokenizer: Tokenizer, tmp_path: Path) -> None:
    whole, stopped, again = network(), network(), network()
    run(whole, tokenizer, CYCLE, examples, seed="7", saved=tmp_path / "a")
    with pytest.raises(KeyboardInterrupt):  # eight updates a pass: this stops after the eighth, saved after the sixth
        run(stopped, tokenizer, CYCLE, _stopping(1), seed="7", saved=tmp_path / "b", every=3)
    run(again, tokenizer, CYCLE, examples, seed="7", saved=tmp_path / "b", every=3)
    for name, value in whole.state_dict().items():
        torch.testing.assert_close(again.state_dict()[name], value, msg=name)
    assert not torch.equal(whole.heads.span.weight, stopped.heads.span.weight)
    assert list(tmp_path.iterdir()) == []


def test_a_save_that_broke_off_leaves_the_one_before(
    tokenizer: Tokenizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save, calls = torch.save, iter((False, True))

    def breaking(state: object, path: Path) -> None:
        if next(calls):
            path.write_bytes(b"half")
            raise OSError("no space left")
        save(state, path)

    monkeypatch.setattr(torch, "save", breaking)
    with pytest.raises(OSError, match="no space left"):
        run(network(), tokenizer, CYCLE, examples, seed="7", saved=tmp_path / "a", every=3)
    assert torch.load(tmp_path / "a")["place"] == (3, 0, 3)


def test_the_rate_rises_to_its_height_and_falls() -> None:
    cycle = Cycle(updates=1000, rate=1.0)
    rates = [cycle.rate_at(done) for done in (0, 24, 49, 50, 525, 990, 999)]
    assert rates == pytest.approx([0.02, 0.5, 1.0, 1.0, 0.5, 0.02, 0.02])


def test_what_is_trained_learns_to_mark_the_answer(tokenizer: Tokenizer, tmp_path: Path) -> None:
    reader = network()
    batch = encode(examples(random.Random(1)), tokenizer)
    before, *_ = label_loss(reader, batch, batch)
    run(reader, tokenizer, Cycle(80, 5e-3, pairs=16), examples, seed="1", saved=tmp_path / "a")
    after, *_ = label_loss(reader, batch, batch)
    assert after.item() < 0.2 * before.item()


def test_what_was_saved_stays_until_the_end_is_written(tokenizer: Tokenizer, tmp_path: Path) -> None:
    reader, saved, end = network(), tmp_path / "saved", tmp_path / "end"
    (tmp_path / "end.new").mkdir()  # so that the end cannot be written
    with pytest.raises(RuntimeError):
        run(reader, tokenizer, CYCLE, examples, seed="7", saved=saved, every=3, end=end)
    assert torch.load(saved)["place"] == (9, 1, 1)
    (tmp_path / "end.new").rmdir()
    run(reader, tokenizer, CYCLE, examples, seed="7", saved=saved, every=3, end=end)
    assert [path.name for path in tmp_path.iterdir()] == ["end"]
    torch.testing.assert_close(torch.load(end)["heads.span.weight"], reader.heads.span.weight.detach())


def test_what_is_dropped_makes_another_reader_of_the_same_examples(tokenizer: Tokenizer, tmp_path: Path) -> None:
    plain, dropped = network(), network()
    run(plain, tokenizer, replace(CYCLE, dropout=0.0), examples, seed="7", saved=tmp_path / "a")
    run(dropped, tokenizer, CYCLE, examples, seed="7", saved=tmp_path / "b")
    assert not torch.equal(plain.heads.span.weight, dropped.heads.span.weight)
    batch = encode(examples(random.Random(1)), tokenizer)
    relevance = [outputs_of(dropped.eval(), batch).relevance for _ in range(2)]
    assert torch.equal(*relevance)  # nothing is dropped where it is not trained
