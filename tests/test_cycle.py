"""Training that is stopped goes on as if it had not been; the rate rises and falls; what was learnt is learnt."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertModel

from qa.batch import encode
from qa.cycle import Cycle, loss_of, run
from qa.examples import Candidate, Example
from qa.network import ReaderNetwork, shallow

LETTERS = "abcdefgh"
CYCLE = Cycle(updates=10, rate=2e-3, hide=0.2, pairs=4)


@pytest.fixture
def tokenizer() -> Tokenizer:
    vocabulary = {piece: at for at, piece in enumerate(["<s>", "<pad>", "</s>", "<unk>", *LETTERS])}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    ends = [("<s>", 0), ("</s>", 2)]
    made.post_processor = processors.TemplateProcessing(pair="<s> $A </s> $B:1 </s>:1", special_tokens=ends)
    return made


def _network() -> ReaderNetwork:
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=12, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32, pad_token_id=1
    )
    return ReaderNetwork(shallow(BertModel(config), (0, 1)))


def _examples(rng: random.Random) -> list[Example]:
    """Sixteen questions; the passage that has an `a` answers, and that is its answer."""
    made = []
    for _ in range(16):
        asked, other = rng.sample(LETTERS[1:], 2)
        gold = Candidate("", f"{other} a {other}", True, (2, 3))
        made.append(Example(asked, (gold, Candidate("", f"{other} {asked} {other}", False))))
    return made


def _stopping(passes: int) -> Callable[[random.Random], Sequence[Example]]:
    left = iter(range(passes))

    def draw(rng: random.Random) -> Sequence[Example]:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return _examples(rng)

    return draw


def test_a_cycle_that_was_stopped_ends_as_one_that_was_not(tokenizer: Tokenizer, tmp_path: Path) -> None:
    whole, stopped, again = _network(), _network(), _network()
    run(whole, tokenizer, CYCLE, _examples, seed="7", saved=tmp_path / "a")
    with pytest.raises(KeyboardInterrupt):  # eight updates a pass: this stops after the eighth, saved after the sixth
        run(stopped, tokenizer, CYCLE, _stopping(1), seed="7", saved=tmp_path / "b", every=3)
    run(again, tokenizer, CYCLE, _examples, seed="7", saved=tmp_path / "b", every=3)
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
        run(_network(), tokenizer, CYCLE, _examples, seed="7", saved=tmp_path / "a", every=3)
    assert torch.load(tmp_path / "a")["place"] == (3, 0, 3)


def test_the_rate_rises_to_its_height_and_falls() -> None:
    cycle = Cycle(updates=1000, rate=1.0)
    rates = [cycle.rate_at(done) for done in (0, 24, 49, 50, 525, 990, 999)]
    assert rates == pytest.approx([0.02, 0.5, 1.0, 1.0, 0.5, 0.02, 0.02])


def test_what_is_trained_learns_to_mark_the_answer(tokenizer: Tokenizer, tmp_path: Path) -> None:
    network = _network()
    batch = encode(_examples(random.Random(1)), tokenizer)
    before, *_ = loss_of(network, batch)
    run(network, tokenizer, Cycle(80, 5e-3, pairs=16), _examples, seed="1", saved=tmp_path / "a")
    after, *_ = loss_of(network, batch)
    assert after.item() < 0.2 * before.item()


def test_what_was_saved_stays_until_the_end_is_written(tokenizer: Tokenizer, tmp_path: Path) -> None:
    network, saved, end = _network(), tmp_path / "saved", tmp_path / "end"
    (tmp_path / "end.new").mkdir()  # so that the end cannot be written
    with pytest.raises(RuntimeError):
        run(network, tokenizer, CYCLE, _examples, seed="7", saved=saved, every=3, end=end)
    assert torch.load(saved)["place"] == (9, 1, 1)
    (tmp_path / "end.new").rmdir()
    run(network, tokenizer, CYCLE, _examples, seed="7", saved=saved, every=3, end=end)
    assert [path.name for path in tmp_path.iterdir()] == ["end"]
    torch.testing.assert_close(torch.load(end)["heads.span.weight"], network.heads.span.weight.detach())
