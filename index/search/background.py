"""How similar a question is to passages that do not answer it, for one model and corpus.

Cosines have no common scale: one model's unrelated pairs lie near 0.3, another's near 0.8. The
mean and deviation over unrelated pairs are the zero and the unit by which cosines compare.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from index.encoding.encoder import Encoder

SAMPLE = 1000
# Everyday questions on scattered subjects: for any corpus, nearly all pairs are unrelated.
QUESTIONS = (
    "今天天气怎么样？",
    "红烧肉怎么做才好吃？",
    "世界上最高的山峰是哪座？",
    "怎样才能快速入睡？",
    "这首歌是谁唱的？",
    "猫为什么喜欢抓沙发？",
    "光速是多少？",
    "去机场坐几号线？",
    "手机屏幕碎了怎么修？",
    "《红楼梦》的作者是谁？",
    "足球比赛一共踢多长时间？",
    "孩子发烧了该怎么办？",
    "如何学好一门外语？",
    "太阳系有几颗行星？",
    "怎么申请护照？",
    "电脑开不了机是什么原因？",
    "第二次世界大战哪一年结束？",
    "咖啡和茶哪个咖啡因更多？",
    "租房合同要注意什么？",
    "恐龙是怎么灭绝的？",
    "明天的会议几点开始？",
    "二次函数的顶点怎么求？",
    "养多肉植物多久浇一次水？",
    "股票和基金有什么区别？",
)


def background(encoder: Encoder, vectors: NDArray[np.float32]) -> tuple[float, float]:
    """Mean and deviation of the cosines of unrelated pairs.

    `vectors` are the corpus's passages, shape (passages, dimensions), at least one; an evenly
    spaced sample of them is used.
    """
    questions = np.stack([encoder.embed_question(question) for question in QUESTIONS])
    step = -(-len(vectors) // SAMPLE)
    cosines = questions @ vectors[::step].T
    return float(cosines.mean()), max(float(cosines.std()), 1e-3)
