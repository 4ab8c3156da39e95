from __future__ import annotations

import pytest
from question_types import question_type


@pytest.mark.parametrize(
    ("kind", "question"),
    [
        ("how many", "投入多少？"),
        ("how many", "婚後生育了幾個孩子？"),
        ("how many", "黑龙江省的面积是全国第几大？"),
        ("how many", "推迟几天算正常"),
        ("how many", "爱奇艺奇巴布乐园占地面积多大？"),
        ("how many", "踩踏事故死亡人数"),
        ("when", "该委员会成立于西元几年？"),
        ("when", "长白山几月份去比较好"),
        ("when", "开幕日期是什么？"),
        ("when", "婚生子的出生日期为何时？"),
        ("where", "祖籍是哪裡？"),
        ("where", "事故发生地点在哪？"),
        ("where", "哪一个城市是罗斯托夫州的首府？"),
        ("who", "誰是組長？"),
        ("who", "哪位皇帝被罢黜的时候？"),
        ("why", "为什么？"),
        ("why", "被告为何不按约还款？"),
        ("why", "事故的原因为何？"),
        ("how", "如何取得资格？"),
        ("what", "叫什么？"),
        ("what", "他们被称为什么？"),
        ("what", "汉江的正源为何？"),
        ("what", "最早用几何方法证明勾股定理的是什么书？"),
        ("what", "多伦多大学有哪些学院？"),
        ("what", "许多高校由于什么迁出北京？"),
        ("what", "北京20几所院校参加了什么？"),
        ("what", "长时间的增长与什么有关？"),
    ],
)
def test_types_of_questions(kind: str, question: str) -> None:
    assert question_type(question) == kind
