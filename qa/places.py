"""How places are named in a question: in full, in short, by their one-character names or as members of a region.

Knows names of places and strings; it must not know documents or what is asked of them.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from index.fold import fold

_PEOPLES = (
    "蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 "
    "纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 "
    "鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
)
_PEOPLE = "|".join(sorted(_PEOPLES.split(), key=len, reverse=True))
_SUFFIX = re.compile(rf"(?:(?:(?:{_PEOPLE})族|维吾尔)*自治[区州县旗]|特别行政区|[省市县区州旗])$")
_NATION = re.compile(r"全国(?!各)|国家(?!级)|我国|中国|国务院|中央政府")

_LETTERS = {
    "京": "北京", "津": "天津", "沪": "上海", "渝": "重庆", "冀": "河北", "晋": "山西", "辽": "辽宁", "吉": "吉林",
    "黑": "黑龙江", "苏": "江苏", "浙": "浙江", "皖": "安徽", "闽": "福建", "赣": "江西", "鲁": "山东", "豫": "河南",
    "鄂": "湖北", "湘": "湖南", "粤": "广东", "琼": "海南", "川": "四川", "蜀": "四川", "贵": "贵州", "黔": "贵州",
    "云": "云南", "滇": "云南", "陕": "陕西", "秦": "陕西", "甘": "甘肃", "陇": "甘肃", "青": "青海", "宁": "宁夏",
    "新": "新疆", "蒙": "内蒙古", "桂": "广西", "藏": "西藏", "港": "香港", "澳": "澳门",
}  # fmt: skip
PROVINCES = frozenset(_LETTERS.values())
_ENGLISH = {
    "anhui": "安徽", "beijing": "北京", "chongqing": "重庆", "fujian": "福建", "gansu": "甘肃", "guangdong": "广东",
    "guangxi": "广西", "guizhou": "贵州", "hainan": "海南", "hebei": "河北", "heilongjiang": "黑龙江", "henan": "河南",
    "hubei": "湖北", "hunan": "湖南", "inner mongolia": "内蒙古", "jiangsu": "江苏", "jiangxi": "江西", "jilin": "吉林",
    "liaoning": "辽宁", "ningxia": "宁夏", "qinghai": "青海", "shaanxi": "陕西", "shandong": "山东", "shanghai": "上海",
    "shanxi": "山西", "sichuan": "四川", "tianjin": "天津", "tibet": "西藏", "xizang": "西藏", "xinjiang": "新疆",
    "yunnan": "云南", "zhejiang": "浙江", "hong kong": "香港", "macao": "澳门", "macau": "澳门", "china": "我国",
    "the country": "我国", "nationwide": "我国",
}  # fmt: skip
_ENGLISH_NAME = re.compile(rf"\b(?:{'|'.join(_ENGLISH)})\b")
# A run of one-character names stands for places; before these words it is a line, a plan or a region's own name.
_LETTER_RUN = re.compile(
    rf"[{''.join(_LETTERS)}]{{2,}}"
    r"(?!铁路|高铁|高速|城际|公路|运河|走廊|通道|高原|特高压|直流|协同|一体化|协作|合作|大湾区|地区双城|边|线|族|[省市县])"
)
_MUNICIPALITIES = ("北京", "天津", "上海", "重庆")
_REGIONS = {
    re.compile(pattern): members.split()
    for pattern, members in {
        r"(?:[两三四几各每哪]个?|\d个?)直辖市": " ".join(_MUNICIPALITIES),
        r"(?:[两三四五几各每哪]个?|\d个?)自治区": "内蒙古 广西 西藏 宁夏 新疆",
        r"东北(?:[三各]省)": "辽宁 吉林 黑龙江",
        r"中部(?:[六各]省)": "山西 安徽 江西 河南 湖北 湖南",
        r"西北(?:[五各]省区?)": "陕西 甘肃 青海 宁夏 新疆",
        r"西南(?:[五各]省(?:区市)?)": "四川 重庆 贵州 云南 西藏",
        r"长三角(?:三省一市|各省市?|四省市|各地)": "上海 江苏 浙江 安徽",
    }.items()
}


def short_name(place: str) -> str:
    """The place as people say it: 三门 of 三门县, 广西 of 广西壮族自治区; whole where one character would remain."""
    name = _SUFFIX.sub("", place)
    return name if len(name) >= 2 else place


def level(place: str) -> str:
    """nation, province, city or county; "" for a name that does not tell."""
    if place == "全国":
        return "nation"
    if place.endswith(("省", "自治区", "特别行政区")) or short_name(place) in _MUNICIPALITIES:
        return "province"
    if place.endswith(("市", "自治州", "盟", "地区")):
        return "city"
    return "county" if place.endswith(("县", "区", "旗")) else ""


def named(words: str, places: Collection[str]) -> frozenset[str]:
    """Those of `places` that folded `words` name; by one-character names only where none is named else."""
    words = _with_chinese(words)
    regions = {name for region, members in _REGIONS.items() if region.search(words) for name in members}
    found = frozenset(place for place in places if _names(words, place) or short_name(place) in regions)
    if found:
        return found
    letters = {name for run in _LETTER_RUN.findall(words) for name in map(_LETTERS.__getitem__, run)}
    return frozenset(place for place in places if short_name(place) in letters)


_SUBORDINATE = re.compile(
    r"(?:(?<![\u4e00-\u9fff])|(?<=[年那壁在和与的省]))(?:[年那]|隔壁|邻近|相邻|周边)?(?P<name>[\u4e00-\u9fff]{2,4}?)(?P<kind>市|县|旗|自治州)"
    r"(?![场民区域级委政长容内里外直属城乡])"
)
_SUBJECT = re.compile(rf"(?:那么?|请问|\d{{4}}年|[去今明前]年|的|\s)*(?P<province>{'|'.join(sorted(PROVINCES))})")
# No name of a place: 我们县, 哪个市, 在外市, 贫困县, 大城市.
_NO_NAME = re.compile(
    r"[个们各每全哪几些了是不的从到所多少年]|^[在去跨我外]|(?:[市县旗城超夜上股楼门集都辖级入富强困示范百小大]|地级|直辖)$"
)


def other_place(asked: str, place: str, around: str) -> str:
    """The place below a report's `place`, or beside it, that folded `asked` names and the words `around` do not; or "".

    What is told of a province is no answer about one of its cities, nor one province's figure about another.
    """
    words = _with_chinese(asked)
    level_ = {"nation": 3, "province": 2, "city": 1, "county": 0}.get(level(place), -1)
    told = fold(around)
    subject = _SUBJECT.match(words) or _SUBJECT.match(words[len(asked) :])
    if subject and level_ >= 2 and short_name(place) not in words:
        province = subject["province"]
        if not any(name in told for name in (province, *(c for c, full in _LETTERS.items() if full == province))):
            return province
    for match in _SUBORDINATE.finditer(asked):
        name = match["name"]
        narrow = {"市": 1, "自治州": 1}.get(match["kind"], 0)
        if narrow <= level_ and not _NO_NAME.search(name) and name not in place and name[-2:] not in told:
            return name + match["kind"]
    return ""


def _with_chinese(words: str) -> str:
    """Folded `words` with the Chinese names of the provinces that they name in English behind them."""
    found = _ENGLISH_NAME.findall(words)
    return f"{words} {' '.join(_ENGLISH[name] for name in found)}" if found else words


def name_patterns(words: str, places: Collection[str]) -> list[str]:
    """Regular expressions of the ways in which folded `words` name one of `places`, the longest first."""
    short = {fold(short_name(place)) for place in places if place != "全国" and _names(words, place)}
    found = [
        rf"{re.escape(name)}(?:{_PEOPLE}|族|自治[区州县旗]|特别行政区|[省市县州旗]|区(?!域|间))*"
        for name in sorted(short, key=len, reverse=True)
    ]
    found += [region.pattern for region in _REGIONS if region.search(words)]
    return found or [re.escape(run) for run in _LETTER_RUN.findall(words)]


def _names(words: str, place: str) -> bool:
    if not place:
        return False
    if place == "全国":
        return bool(_NATION.search(words))
    return fold(short_name(place)) in words
