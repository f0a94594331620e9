"""What people call a measure, and what reports call it: words added to a question so that both are found.

A small table of general wording, tested; it knows no report. The trained models do the rest.
"""

from __future__ import annotations

import re

from qa.english import in_chinese, is_english

# Spoken or foreign name → the reports' name. Keys are patterns over folded text.
_NAMES: tuple[tuple[str, str], ...] = (
    (r"gdp|经济总量", "生产总值"),
    (r"cpi|物价|inflation", "居民消费价格"),
    (r"r&d|研发投入|科研经费", "研发经费 r&d"),
    (r"pm2\.5|雾霾", "细颗粒物 空气质量"),
    (r"(?<!人工)\bai\b|artificial intelligence", "人工智能"),
    (r"财政收入|税收|fiscal revenue", "一般公共预算收入"),
    (r"外贸|foreign trade|imports and exports", "进出口"),
    (r"(?:老百姓|居民|大家|农民|城里人|乡下人).{0,4}(?:收入|挣|赚)|钱包|工资", "居民人均可支配收入"),
    (r"外资|foreign (?:investment|capital)", "实际使用外资"),
    (r"固投|fixed.asset investment", "固定资产投资"),
    (r"零售|消费总额|retail sales", "社会消费品零售总额"),
    (r"失业|unemploy", "城镇调查失业率"),
    (r"找工作|打工|就业岗位|new (?:urban )?jobs", "新增就业"),
    (r"娃|小孩|宝宝|孩子|幼儿园|托班", "婴幼儿 学前教育 托位"),
    (r"看病|医院|大夫|医生|挂号|住院", "医疗 就医 卫生"),
    (r"报销|医保", "医保 报销"),
    (r"读书|上学|学校", "学校 教育 学位"),
    (r"种田|种地|庄稼|粮食", "粮食 农业"),
    (r"坐车|公交|地铁", "交通 轨道"),
    (r"\bcarbon\b|碳", "碳排放"),
    (r"grain|crops?", "粮食产量"),
    (r"hospitals?|clinics?", "医院"),
    (r"highways?|expressways?", "高速公路"),
    (r"railways?", "铁路"),
    (r"tourists?|visitors?", "游客 旅游"),
    (r"\bports?\b", "港口"),
    (r"graduates?", "高校毕业生"),
)
_TABLE = tuple((re.compile(pattern), names) for pattern, names in _NAMES)


def expanded(words: str) -> str:
    """Folded `words` with the reports' names of what they mention behind them, each once."""
    told = [name for pattern, names in _TABLE if pattern.search(words) for name in names.split()]
    told += in_chinese(words) if is_english(words) else []
    more = [name for name in dict.fromkeys(told) if name not in words]
    return f"{words} {' '.join(more)}" if more else words
