"""The words that names are made of, in each language."""

from collections.abc import Mapping
from typing import NamedTuple


class Vocabulary(NamedTuple):
    """The words of one language, of which each pair is a name. between: what stands between them."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    between: str

    def name(self, number: int) -> str:
        """One of all names."""
        first, second = divmod(number, len(self.second))
        return self.first[first] + self.between + self.second[second]

    @property
    def n_names(self) -> int:
        """How many names there are."""
        return len(self.first) * len(self.second)


def words(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(text.split())


VOCABULARIES: Mapping[str, Vocabulary] = {
    "en": Vocabulary(
        words(
            """
            Amber Azure Bold Brave Bright Bronze Calm Cheerful Clever Coral Cosmic Crimson
            Curious Daring Eager Emerald Fair Fearless Friendly Gentle Gleaming Golden Happy
            Honest Indigo Ivory Jade Jolly Keen Kind Lively Lucky Lunar Mellow Merry Mighty
            Nimble Noble Patient Pearl Polite Proud Quick Quiet Ruby Sapphire Scarlet Silver
            Smart Snowy Solar Steady Sunny Swift Tidy Turquoise Velvet Violet Warm Wise
            """
        ),
        words(
            """
            Albatross Alpaca Antelope Badger Beaver Bison Butterfly Camel Caribou Cheetah
            Chipmunk Cricket Deer Dolphin Dragonfly Eagle Falcon Finch Firefly Flamingo Fox
            Gazelle Gecko Giraffe Hamster Hedgehog Heron Ibex Jaguar Kestrel Kingfisher Koala
            Lark Lemur Leopard Llama Lynx Marmot Moose Narwhal Nightingale Octopus Orca Otter
            Owl Panda Panther Parrot Penguin Puffin Rabbit Raven Robin Seal Sparrow Squirrel
            Starling Swallow Swan Tiger
            """
        ),
        " ",
    ),
    "zh": Vocabulary(
        words(
            """
            安静的 聪明的 灿烂的 沉稳的 诚实的 赤红的 翠绿的 大方的 淡定的 淡紫的 飞快的 勤奋的
            好奇的 和气的 欢乐的 活泼的 机灵的 坚定的 金色的 开朗的 可靠的 快乐的 乐观的 冷静的
            灵巧的 明亮的 耐心的 暖心的 谦虚的 巧手的 青色的 轻快的 热情的 认真的 深蓝的 爽朗的
            天蓝的 调皮的 微笑的 温和的 文静的 细心的 闪亮的 闲适的 幸运的 雪白的 阳光的 银色的
            勇敢的 友好的 优雅的 真诚的 正直的 专注的 自信的 自在的 紫色的 橙色的 琥珀的 敏捷的
            """
        ),
        words(
            """
            白鹭 百灵 斑马 蝙蝠鱼 豹子 蝉 翠鸟 大雁 丹顶鹤 雕鸮 海豹 海龟 海豚 海鸥 河狸 黑猫
            蝴蝶 画眉 黄鹂 火烈鸟 孔雀 考拉 鲸鱼 骏马 老虎 狸猫 猎豹 羚羊 鹿 骆驼 旅鼠 蜜蜂 麋鹿
            猫头鹰 牦牛 企鹅 蜻蜓 雀鹰 狮子 松鼠 松鸡 水獭 天鹅 兔子 驼鹿 乌龟 喜鹊 犀鸟 仙鹤
            小熊 信天翁 雪豹 驯鹿 燕子 夜莺 银狐 鹦鹉 萤火虫 云雀 章鱼
            """
        ),
        "",
    ),
}

RESERVED = words(
    """
    admin administrator console host moderator nobody null owner playground projector
    pytorch server system teacher torch tutor undefined 主持人 你 导师 我 投影 教师
    服务器 管理员 系统 老师
    """
)
"""Names that would be taken for somebody or something else."""
