"""Writes ../policy.docx: headings, auto-numbered clauses, tracked changes, a
link, a content control, a text box, a table with merged cells, hidden text."""
import zipfile

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


def run(text, props=""):
    return f'<w:r><w:rPr>{props}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def p(inner, props=""):
    return f"<w:p><w:pPr>{props}</w:pPr>{inner}</w:p>"


def head(level, text):
    return p(run(text), f'<w:pStyle w:val="Heading{level}"/>')


def clause(level, inner):
    return p(inner, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="7"/></w:numPr>')


def cell(text, props=""):
    return f"<w:tc><w:tcPr>{props}</w:tcPr>{p(run(text))}</w:tc>"


def row(*cells, props=""):
    return f"<w:tr><w:trPr>{props}</w:trPr>{''.join(cells)}</w:tr>"


body = "".join([
    p(run("退换货政策 Returns policy"), '<w:pStyle w:val="Title"/>'),
    head(1, "期限 Time limits"),
    clause(0, run("签收后 ") + '<w:del w:id="1"><w:r><w:delText>10</w:delText></w:r></w:del><w:ins w:id="2">' + run("15") + "</w:ins>" + run(" 天内可以退货。")),
    clause(1, run("以物流签收时间为准，")
           + '<w:hyperlink r:id="rId9">' + run("查看物流") + "</w:hyperlink>" + run("。")),
    clause(1, run("节假日顺延。")),
    clause(0, '<w:sdt><w:sdtPr><w:alias w:val="x"/></w:sdtPr><w:sdtContent>' + run("Opened filters cannot be returned.") + "</w:sdtContent></w:sdt>"),
    p(run("内部备注：勿对外。", "<w:vanish/>") + run("以上条款自 2026 年起生效。")),
    p('<w:moveFrom w:id="3">' + run("moved away") + "</w:moveFrom>" + run("Refunds take 3 working days") + '<w:r><w:br/></w:r>' + run("after inspection.")),
    head(2, "费用 Fees"),
    "<w:tbl>"
    + row(cell("原因 Reason", '<w:vMerge w:val="restart"/>'), cell("运费 Freight", '<w:gridSpan w:val="2"/>'))
    + row(cell("质量问题 Defect"), cell("商家 Shop"), cell("0 元"))
    + row(cell("不想要了 Changed mind", '<w:vMerge w:val="restart"/>'), cell("顾客 Customer"), cell("12 元"))
    + row(cell("", "<w:vMerge/>"), cell("会员 Member"), cell("6 元"))
    + row(cell("旧规则"), cell("顾客"), cell("20 元"), props='<w:del w:id="4"/>')
    + "</w:tbl>",
    p('<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:txbxContent>' + p(run("文本框：客服电话 400-800-1234。"))
      + "</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>" + p(run("文本框：客服电话 400-800-1234。")) + "</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>"
      + run("框外的话。")),
    "<w:sectPr/>",
])

styles = "".join(f'<w:style w:styleId="{i}"><w:name w:val="{n}"/></w:style>' for i, n in
                 [("Title", "Title"), ("Heading1", "heading 1"), ("Heading2", "heading 2")])
levels = ('<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
          '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>')
files = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>'
                           '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    "word/document.xml": f"<w:document {W} {MC}><w:body>{body}</w:body></w:document>",
    "word/styles.xml": f"<w:styles {W}>{styles}</w:styles>",
    "word/numbering.xml": f'<w:numbering {W}><w:abstractNum w:abstractNumId="3">{levels}</w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="3"/></w:num></w:numbering>',
}
with zipfile.ZipFile("../policy.docx", "w", zipfile.ZIP_DEFLATED) as z:
    for name, text in files.items():
        z.writestr(zipfile.ZipInfo(name), '<?xml version="1.0" encoding="UTF-8"?>' + text)
