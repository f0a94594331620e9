"""English words of the genre, and what Chinese reports call it: added to an English question for the lexical search.

A table of general wording; it knows no report. Words of daily life that no report counts are left to the encoder.
"""

from __future__ import annotations

import re

_WORDS = """
jobs?|employment=就业
unemploy\\w*=失业率
reservoirs?=水库
water conservancy=水利
imports? and exports?|foreign trade|external trade=进出口
imports?=进口
exports?=出口
retail=社会消费品零售
consumption=消费
fixed.asset=固定资产投资
invest\\w*=投资
private investment=民间投资
foreign.(?:capital|invest\\w*)|fdi=外资
taiwan=台资 台企
revenue=收入
budget=预算
expenditure|spending|spent=支出
deficit=赤字
debts?=债务
tax\\w*=税
incomes?=收入
disposable=可支配收入
wages?=工资
prices?|inflation=价格
grain|crops?=粮食
farmland=农田
farmers?=农民
rural=农村
urban=城镇
villages?=村
hogs?|pigs?=生猪
milk=奶
livestock=牲畜
forests?|forested|afforest\\w*=森林 造林
desert\\w*|sandy=沙
air quality|good air=空气质量
pm2\\.5=PM2.5
emissions?=排放
carbon=碳
energy consumption=能耗
electric\\w*|power=电力
installed=装机
renewable|clean energy=可再生能源 清洁能源
new energy=新能源
green=绿
solar|photovoltaic=光伏
wind=风电
nuclear=核电
charg\\w*=充电
electric (?:cars?|vehicles?)|new energy vehicles?|evs?\\b=新能源汽车
railways?|rail=铁路
high.speed=高铁
freight trains?=中欧班列
subway|metro|rail transit=轨道交通 地铁
highways?|expressways?=高速公路
roads?=公路
bridges?=桥
airports?=机场
flights?|air routes?=航线
ports?=港口
container\\w*=集装箱 标箱
waterways?|navigable=航道
logistics=物流
express deliver\\w*=快递
tourists?|tourism|visitors?=游客 旅游
museums?=博物馆
sports?=体育
medals?=金牌
games=运动会
schools?=学校
students?=学生
teachers?=教师
universit\\w*|colleges?=大学 高校
kindergartens?=幼儿园
vocational=职业教育
graduates?=毕业生
hospitals?=医院
doctors?=医生
medical|health=医疗 健康
insurance=保险 医保
medicines?|drugs?=药
cancer|screening=筛查 癌
elderly|old.age|seniors?=养老 老人
pensions?=养老金 养老保险
child\\w*|childcare|nursery=儿童 托育
women=妇女
disab\\w*=残疾
poor|poverty=贫困 脱贫
housing|apartments?=住房 保障房
old (?:neighbou?rhoods?|communit\\w*)=老旧小区
elevators?|lifts?=电梯
heating=供热
parking=停车
communit\\w*=社区
parks?=公园 园区
r&d|research and development=研发
patents?=专利
technology contracts?=技术合同
laborator\\w*=实验室
high.tech=高新技术
unicorns?=独角兽
little giants?=专精特新 小巨人
start.?ups?|compan\\w*|firms?|enterprises?|businesses=企业
business entities|market entities=经营主体 市场主体
listed|went public=上市
industr\\w*=工业 产业
above designated size=规模以上
manufactur\\w*=制造业
digital economy=数字经济
artificial intelligence|\\bai\\b=人工智能
satellites?=卫星
drones?|low.altitude=无人机 低空
robots?=机器人
5g=5G
warehouses?=海外仓 仓
cross.border e.?commerce=跨境电商
free trade=自由贸易
sister cit\\w*=友城
county=县
province\\w*=省
rank\\w*=位居 排名
first=首
gdp|economic growth|economy=生产总值 经济
per capita=人均
urbani[sz]ation=城镇化率
population=人口
life expectancy=预期寿命
residents?|people's livelihood=居民 民生
loans?=贷款
deposits?=存款
financ\\w*=金融 融资
banks?=银行
reform\\w*=改革
pilots?=试点
courts?|law=法治
fires?=火灾
accidents?=事故
earthquake=地震
disasters?=灾害
crimes?=犯罪
fraud=诈骗
petitions?=信访
carbon peak\\w*=碳达峰
water quality|surface water=水质
sewage|wastewater=污水
garbage|waste=垃圾
"""
_TABLE = tuple(
    (re.compile(rf"\b(?:{pattern})\b"), names)
    for pattern, _, names in (line.rpartition("=") for line in _WORDS.split("\n") if line)
)
_ENGLISH = re.compile(r"[a-z]{3,} [a-z]{2,}")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def is_english(words: str) -> bool:
    """Whether folded `words` are an English question: two words or more, and no Chinese ones."""
    return bool(_ENGLISH.search(words)) and not _CHINESE.search(words)


def in_chinese(words: str) -> list[str]:
    """What reports call the things that folded English `words` speak of, in the order of the table, each once."""
    return list(dict.fromkeys(name for pattern, told in _TABLE if pattern.search(words) for name in told.split()))
