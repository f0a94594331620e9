"""The names of all figures, in the order and the words in which they are shown. Knows no numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure's key, its Chinese and English label, its group, whether more is better, whether it is a share.

    Shares are shown as percentages, the others, by convention, as decimals.
    """

    key: str
    zh: str
    en: str
    group: str
    up: bool = True
    share: bool = True


GROUPS = {
    "overall": ("总体", "Overall"),
    "reading": ("答案", "Answer"),
    "refusal": ("拒答与可信度", "Refusal and confidence"),
    "citation": ("引文", "Citation"),
    "ranking": ("检索", "Retrieval"),
}

_CUTS = (1, 3, 5, 10, 20)

MEASURES: tuple[Measure, ...] = (
    Measure("overall_right", "全部问题处理正确", "right overall, SQuAD 2.0 style", "overall"),
    Measure("right_and_cited", "答对且引文正确", "right and cited, answerable", "overall"),
    Measure("answer_right", "答案正确", "answer right, answerable", "overall"),
    Measure("citation_right", "引文正确", "citation right, answerable", "overall"),
    Measure("noans", "该拒答时拒答", "NoAns: refused, unanswerable", "overall"),
    Measure("false_refusal", "误拒（有答案却拒答）", "false refusal, answerable", "overall", False),
    Measure("false_answer", "误答（无答案却作答）", "false answer, unanswerable", "overall", False),
    Measure("crashed", "出错未答", "crashed or left out", "overall", False),
    Measure("em", "完全一致 EM", "exact match, HasAns", "reading"),
    Measure("cmrc_f1", "CMRC F1（最长连续）", "CMRC F1, longest common run, HasAns", "reading", share=False),
    Measure("char_f1", "字符 F1", "character F1, HasAns", "reading", share=False),
    Measure("squad_em", "EM（含拒答）", "EM with right refusals, SQuAD 2.0", "reading"),
    Measure("squad_f1", "CMRC F1（含拒答）", "CMRC F1 with right refusals", "reading", share=False),
    Measure("number_accuracy", "数值与单位正确", "number accuracy, value and unit", "reading"),
    Measure("trap_avoided", "未误用其他年份或指标的数值", "no wrong value given", "reading"),
    Measure("coverage", "作答率", "coverage", "refusal"),
    Measure("selective_risk", "作答中的错误率", "selective risk", "refusal", False),
    Measure("coverage_at_5_risk", "错误率不超过5%时的作答率", "coverage at 5 % risk", "refusal"),
    Measure("aurc", "风险-作答率曲线面积 AURC", "AURC", "refusal", False, share=False),
    Measure("e_aurc", "超额 AURC", "E-AURC", "refusal", False, share=False),
    Measure("auroc", "可答性区分 AUROC", "AUROC of answerability", "refusal", share=False),
    Measure("ece", "校准误差 ECE（15档）", "ECE, 15 bins", "refusal", False, share=False),
    Measure("brier", "Brier 分", "Brier score", "refusal", False, share=False),
    Measure("quote_integrity", "引文与原文逐字一致", "quote integrity (gate 1.0)", "citation"),
    Measure("citation_contains_answer", "引文包含答案", "quote contains the answer (gate 1.0)", "citation"),
    Measure("citation_precision", "引文准确率", "citation precision", "citation"),
    Measure("citation_recall", "依据召回率", "citation recall", "citation"),
    Measure("document_accuracy", "文件正确", "document accuracy", "citation"),
    Measure("section_accuracy", "章节正确", "section accuracy", "citation"),
    Measure("period_accuracy", "时期正确", "period accuracy", "citation"),
    *(Measure(f"recall@{k}", f"召回率@{k}", f"Recall@{k}", "ranking") for k in _CUTS),
    *(Measure(f"success@{k}", f"命中率@{k}", f"Success@{k}", "ranking") for k in _CUTS),
    *(Measure(f"answer@{k}", f"含答案@{k}", f"answer@{k}", "ranking") for k in _CUTS),
    Measure("mrr@10", "首个命中倒数排名", "MRR@10", "ranking", share=False),
    Measure("ndcg@10", "折损累计增益", "nDCG@10", "ranking", share=False),
    Measure("map", "平均精度", "MAP", "ranking", share=False),
)

BY_KEY = {measure.key: measure for measure in MEASURES}
HEADLINE = ("right_and_cited", "answer_right", "citation_right", "noans", "false_refusal", "overall_right")
