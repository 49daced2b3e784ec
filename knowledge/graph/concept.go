package graph

import "regexp"

// quantity is what a unit measures. Two quantities do not compare.
type quantity string

const (
	length      quantity = "length"
	mass        quantity = "mass"
	volume      quantity = "volume"
	power       quantity = "power"
	energy      quantity = "energy"
	sound       quantity = "sound"
	rotation    quantity = "rotation"
	pace        quantity = "speed"
	flow        quantity = "flow"
	charge      quantity = "charge"
	temperature quantity = "temperature"
	pressure    quantity = "pressure"
	voltage     quantity = "voltage"
	minutes     quantity = "short time"
	hours       quantity = "hours"
	days        quantity = "days"
	months      quantity = "months"
	years       quantity = "years"
	money       quantity = "money"
	share       quantity = "share"
)

// concept is something that is measured or said of many things, under the names
// that headers and customers have for it, in Chinese and English.
type concept struct {
	name string
	// of is the wider concept, which a question may mean by it; usual marks the
	// one it means where nothing narrower is said ("weight": net, not gross).
	of    string
	usual bool
	zh    string // what the customer reads
	en    string
	label *regexp.Regexp // in a normalised header
	ask   *regexp.Regexp // in a normalised question
	q     quantity       // it has, "" if it may differ
}

func re(s string) *regexp.Regexp { return regexp.MustCompile(s) }

// concepts are looked for in order: what a question says of an earlier one is
// not read again for a later one. They are words of trade, not of any document.
var concepts = []concept{
	{name: "member price", of: "price", zh: "会员价", en: "member price", q: money,
		label: re(`会员价|vip ?价|member|discount(?:ed)? price`),
		ask:   re(`(?:^|[^不非无]|[^不][^算是含按用].)会员价|会员(?:买|购|下单|的话)?.{0,4}(?:多少钱|什么价|啥价|价格)|\bmembers?(?:'s?)? (?:price|pay)|price for members|as a member`)},
	{name: "list price", of: "price", usual: true, zh: "标价", en: "list price", q: money,
		label: re(`标价|零售价|售价|原价|定价|单价|总价|价格|价钱|报价|\blist\b|\bretail\b|\brrp\b|\bmsrp\b|\bprice\b`),
		ask: re(`不(?:算|含|用|按|要|是)会员(?:价|折扣)?|非会员|标价|原价|定价|零售价|售价|单价|总价|without (?:the |a |any )?member(?:ship)?(?:'?s)? (?:discount|price)|` +
			`(?:list|regular|retail|full|standard|normal) price|non-?members?`)},
	{name: "monthly fee", of: "price", zh: "月费", en: "monthly fee", q: money, label: re(`月费|月租|月付|monthly (?:fee|price|charge)|per month \(`),
		ask: re(`月费|月租|每个?月(?:多少钱|交|付|要|费)|一个月(?:多少钱|要多少|什么价)|monthly (?:fee|price|charge|cost|rate)|(?:cost|price|pay|fee|much)\b.{0,30}(?:per|a|each) month`)},
	{name: "joining fee", of: "price", zh: "入会费", en: "joining fee", q: money, label: re(`入会费|开卡费|开户费|注册费|初装费|joining|sign-?up|registration|set-?up fee`),
		ask: re(`入会费|开卡费|开户费|注册费|初装费|joining fee|sign-?up fee|registration fee|set-?up fee|to join`)},
	{name: "deposit", zh: "押金", en: "deposit", q: money, label: re(`押金|保证金|定金|deposit`), ask: re(`押金|押多少|保证金|定金|\bdeposit`)},
	{name: "rental", of: "price", zh: "租金", en: "rental", q: money, label: re(`租金|租价|日租|rental|\brent\b|\bhire\b`),
		ask: re(`租金|日租|租(?:一天|一个|一台|用|借)|出租|\brent(?:al|ing)?\b|\bhire\b`)},
	{name: "price", zh: "价格", en: "price", q: money, label: re(`价格?|费用|\bprice\b|\bcost\b|\bfee\b`),
		ask: re(`多少钱|几多钱|几钱|几块钱|多少块|价钱|价格|价位|什么价|啥价|报个?价|最新价|怎么卖|卖多少|要花多少|得花多少|多少银子|\bcosts?\b|\bprices?d?\b|how much (?:is|are|for|does|do you want|would|will|to)|duoshao ?qian|便宜|更贵|哪个贵|cheap|expensive`)},

	{name: "gross weight", of: "weight", zh: "毛重", en: "gross weight", q: mass, label: re(`毛重|总重|包装重|运输重|gross|shipping weight|packed weight`),
		ask: re(`毛重|(?:连|带|含|算上?|加上?)(?:上)?(?:外)?(?:包装|箱|盒|纸箱).{0,6}(?:重|公斤|千克|斤|kg|多少)?|装箱.{0,4}重|运输重|gross|shipping weight|\bpacked\b|(?:with|including|incl\.?) (?:the )?(?:packag\w+|box|carton)|in (?:its|the) box`)},
	{name: "net weight", of: "weight", usual: true, zh: "净重", en: "net weight", q: mass, label: re(`净重|裸重|自重|\bnet\b|^重量? ?weight$|^weight$|^重量$`),
		ask: re(`净重|裸机.{0,3}重|自重|(?:本身|本体|机身|单机|不含包装|不带包装|去掉包装|拆了包装|不算包装).{0,6}(?:重|公斤|千克|斤)|\bnet weight|\bunpacked\b|unboxed|(?:without|excluding) (?:the )?(?:packag\w+|box|carton)`)},
	{name: "load", of: "capacity", zh: "容量", en: "load", q: mass, label: re(`洗涤容量|洗涤量|载重|承重|额定载荷|wash load|\bload\b|max(?:imum)? (?:user )?weight`),
		ask: re(`洗涤容量|(?:一次)?(?:能|可以|可)洗(?:多少)?(?:公斤|千克|kg)|洗多少(?:公斤|千克)?|载重|承重|承受多|wash(?:ing)? (?:load|capacity)|how (?:many (?:kg|kilos?|kilograms?) (?:can|does) .{0,20}(?:wash|load|take|carry|hold)|much (?:laundry|weight can))|payload|max(?:imum)? load`)},
	{name: "weight", zh: "重量", en: "weight", q: mass, label: re(`重量|体重|\bweight\b`),
		ask: re(`多重|有?多沉|重量|几斤|几公斤|多少(?:公斤|千克|斤)|更轻|更重|哪个(?:轻|重)|谁(?:更)?(?:轻|重)|\bweigh|\bheav(?:y|ier|iest)\b|\blight(?:er|est)\b`)},

	{name: "dimensions", zh: "尺寸", en: "dimensions", q: length, label: re(`^(?:外形)?尺寸(?: dimensions| size)?$|^dimensions$|^size$|长.{0,2}宽.{0,2}高|w ?[x×*] ?d ?[x×*] ?h|l ?[x×*] ?w`),
		ask: re(`尺寸|长宽高|多大(?:尺寸|的?地方)|占多大|\bdimensions?\b|\bsize is\b|\bmeasurements?\b|how big\b`)},
	{name: "thickness", zh: "厚度", en: "thickness", q: length, label: re(`厚|thick|\bwall\b|gauge`), ask: re(`多厚|厚度|有厚|厚多少|厚不厚|\bthick`)},
	{name: "diameter", zh: "直径", en: "diameter", q: length, label: re(`直径|口径|diameter|turntable|转盘`), ask: re(`直径|口径|转盘(?:多大|有多|大小|尺寸)|diameter|how (?:big|large|wide) is the (?:turntable|plate|opening)|turntable`)},
	{name: "cord", zh: "电源线", en: "cord", q: length, label: re(`电源线|线长|线缆|\bcord\b|cable|\blead\b`),
		ask: re(`(?:电源)?线(?:有|是)?(?:多长|几米|多少米|长度|长多少|够不够长)|电源线|\bcord\b|power (?:cable|lead)|cable length`)},
	{name: "reach", zh: "送风距离", en: "reach", q: length, label: re(`送风距离|射程|距离|reach|throw|\brange\b|distance`), ask: re(`(?:吹|送|喷|传|照|射|飞)(?:得|到|出)?(?:多|有多|能多)?远|多远|射程|距离|how far|\breach\b|\brange\b|\bthrow\b`)},
	{name: "width", of: "dimensions", zh: "宽", en: "width", q: length, label: re(`宽|\bw\b|width`), ask: re(`多宽|宽度|有宽|宽(?:多少|是|几)|\bwide\b|\bwidth\b|\bwider\b|更宽`)},
	{name: "depth", of: "dimensions", zh: "深", en: "depth", q: length, label: re(`深|\bd\b|depth`), ask: re(`多深|深度|进深|有深|深(?:多少|是|几)|前后(?:多|有)|\bdeep\b|\bdepth\b|front to back|\bdeeper\b`)},
	{name: "height", of: "dimensions", zh: "高", en: "height", q: length, label: re(`高(?:度|$| )|\bh\b|height`), ask: re(`多高|高度|有高|(?:立|竖|站)起来|高(?:多少|是|几)|\btall(?:er)?\b|\bheight\b|how high is`)},
	{name: "length", of: "dimensions", zh: "长", en: "length", q: length, label: re(`(?:^|[^时线课])长度?(?:$| )|\bl\b|^length\b`), ask: re(`多长(?:$|[^时久])|长度|有长|\blength\b|how long is (?:the|it)\b`)},

	{name: "suction", zh: "吸力", en: "suction", q: power, label: re(`吸入功率|吸力|suction`), ask: re(`吸力|吸入功率|吸得|suction|how (?:strong|powerful) is`)},
	{name: "cooling", zh: "制冷量", en: "cooling capacity", q: power, label: re(`制冷|冷量|cooling`), ask: re(`制冷量|制冷(?:能力|功率|多少|多大)|冷量|cooling`)},
	{name: "heating", zh: "制热量", en: "heating capacity", q: power, label: re(`制热|heating (?:capacity|output)`), ask: re(`制热|heating (?:capacity|output)`)},
	{name: "freezing", zh: "冷冻能力", en: "freezing rate", label: re(`冷冻能力|freez`), ask: re(`冷冻能力|冻多少|一天(?:能|可以)?冻|freez`)},
	{name: "energy", zh: "耗电量", en: "energy use", q: energy, label: re(`耗电|能耗|energy (?:use|consumption)|kwh`), ask: re(`耗电|费电|用电量?|几度电|多少度电|能耗|energy (?:use|consumption)|electricity|kwh`)},
	{name: "efficiency", zh: "能效比", en: "efficiency", label: re(`能效|\bapf\b|\bcop\b|\bs?eer\b|efficiency`), ask: re(`能效|\bapf\b|\bcop\b|\bs?eer\b|energy (?:rating|class|efficiency)|efficien`)},
	{name: "water use", zh: "用水量", en: "water use", q: volume, label: re(`用水|耗水|water`), ask: re(`用水|耗水|费水|用多少水|几升水|how much water|water (?:use|consumption|per)|litres of water`)},
	{name: "power", zh: "功率", en: "power", q: power, label: re(`功率|瓦数|\bpower\b|wattage`), ask: re(`功率|多少瓦|几瓦|瓦数|多大瓦|\bwatt|\bpower (?:rating|draw|consumption)|rated power|how powerful`)},
	{name: "noise", zh: "噪声", en: "noise", q: sound, label: re(`噪|分贝|noise|\bsound\b|db`), ask: re(`噪声|噪音|分贝|吵|静音效果|声音(?:多|有多|大)|多大声|响不响|\bnois|\bloud|\bquiet(?:er|est)?\b|\bdb\b|decibel`)},
	{name: "speed", zh: "转速", en: "speed", q: rotation, label: re(`转速|转数|\bspin\b|\brpm\b|speed`), ask: re(`转速|转数|多少转|几转|甩干|脱水|\bspin\b|\brpm\b|revolutions`)},
	{name: "air flow", zh: "风量", en: "air flow", q: flow, label: re(`风量|air ?flow|airflow`), ask: re(`风量|出风量|air ?flow|how much air|m³/h|m3/h|cubic met`)},
	{name: "cadr", zh: "CADR", en: "CADR", q: flow, label: re(`\bcadr\b|洁净空气`), ask: re(`\bcadr\b|洁净空气|净化(?:能力|效率)`)},
	{name: "filter life", zh: "滤芯寿命", en: "filter life", label: re(`滤(?:芯|网)(?:寿命|使用)|filter life`), ask: re(`滤(?:芯|网).{0,8}(?:寿命|多久|多长时间|多少小时|几个?小时|几个?月|撑|用)|filter\b.{0,16}(?:life|last|hours)|(?:life|last|hours)\b.{0,20}\bfilter|filter.{0,4}能?(?:撑|用)`)},
	{name: "battery", zh: "电池容量", en: "battery", q: charge, label: re(`电池|\bbattery\b|mah`), ask: re(`电池(?:容量|是?多|有多)|毫安|\bmah\b|battery (?:capacity|size)|how big is the battery`)},
	{name: "runtime", zh: "续航", en: "runtime", label: re(`续航|runtime|battery life`), ask: re(`续航|充一次|battery life|run ?time|how long does .{0,24}(?:run|last)`)},
	{name: "max temperature", of: "temperature", usual: true, zh: "最高温度", en: "max. temperature", q: temperature, label: re(`最高温|max\.? ?temp`), ask: re(`最高(?:温度|多少度|能到|到|可以?到?)|最热|最烫|(?:能|可以)(?:烧|加热|开|调|升)到(?:多少|几)度|hottest|max(?:imum)? temp|highest temp|how hot`)},
	{name: "temperature", zh: "温度", en: "temperature", q: temperature, label: re(`温度|temp`), ask: re(`温度|多少度|几度|temperature|how (?:warm|cold)|degrees`)},
	{name: "heat-up", zh: "加热时间", en: "heat-up time", label: re(`加热时间|预热|heat-?up|warm-?up`), ask: re(`加热(?:时间|要|多久|多长)|烧(?:热|开|一箱)?.{0,4}(?:多久|多长时间|几分钟)|heat-?up|how long .{0,30}\bheat\b|warm ?up`)},
	{name: "dust cup", zh: "尘杯", en: "dust cup", q: volume, label: re(`尘杯|集尘|尘盒|dust (?:cup|bin|box)|dustbin`), ask: re(`尘杯|集尘|尘盒|装.{0,6}灰|dust (?:cup|bin|box|container)|dustbin|how much dust`)},
	{name: "capacity", zh: "容量", en: "capacity", q: volume, label: re(`容积|容量|capacity|volume`), ask: re(`容积|容量|多少升|几升|几公升|能装多|装多少|装得多|多大容量|\blit(?:re|er)s?\b|capacity|\bvolume\b|how much (?:does|can|will) .{0,24}\b(?:hold|fit)|\bhold\b`)},

	{name: "charging", zh: "充电时间", en: "charging time", label: re(`充电(?:时间|时长)|charg\w+ (?:time|duration)`), ask: re(`充(?:满|一次电|电).{0,6}(?:多久|多长|几个?小时|几分钟)|(?:多久|多长时间|几个?小时|几分钟).{0,6}充满|(?:how long|hours?|minutes?|time)\b.{0,24}\b(?:fully )?(?:re)?charge\b|charging time`)},
	{name: "range", zh: "续航", en: "range", q: length, label: re(`续航|里程|\brange\b|mileage`), ask: re(`(?:充|满)(?:满|一次|一?箱)?(?:电|油)?.{0,3}(?:能|可以)?(?:跑|骑|开|走|飞).{0,3}(?:多远|多少公里|几公里)|续航|how far (?:does|can|will) .{0,30}(?:go|run|drive|ride|fly|get|travel)|\brange\b|miles? per charge`)},
	{name: "top speed", zh: "最高速度", en: "top speed", label: re(`(?:最高|最大)?(?:时速|车速|速度)|(?:top|max\.?|maximum) speed|km/h`), ask: re(`时速|车速|(?:最快|能|可以)(?:能|可以)?(?:骑|跑|开|走|飞)?(?:到)?(?:多快)|how fast|top speed|max(?:imum)? speed`)},
	{name: "torque", zh: "扭矩", en: "torque", label: re(`扭矩|torque`), ask: re(`扭矩|torque`)},
	{name: "water rating", zh: "防水等级", en: "water rating", label: re(`防水|ip ?rating|waterproof|water (?:rating|resist)`), ask: re(`防水(?:等级|几级|级别|多少|性能)|ip ?(?:rating|等级)|water ?(?:proof|resistance|rating)`)},
	{name: "colour", zh: "颜色", en: "colour", label: re(`颜色|配色|colou?r`), ask: re(`(?:什么|哪些|哪几种|几种)(?:颜色|配色)|颜色(?:有|是)|what colou?rs?|which colou?rs?`)},
	{name: "steps", zh: "档位", en: "steps", label: re(`档位|档数|变速|\bgears?\b|\bspeeds\b|\bsteps\b|\blevels\b`), ask: re(`(?:几|多少)(?:个)?档|几速|档位|how many (?:gears|speeds|steps|levels|settings)`)},
	{name: "persons", zh: "人数", en: "persons", label: re(`人数|座位|容纳|\bsleeps\b|\bseats?\b|persons?|people`), ask: re(`(?:几|多少)(?:个)?(?:人|位|座)|how many (?:people|persons|guests|seats|adults|passengers)|\bsleeps?\b`)},
	{name: "material", zh: "材质", en: "material", label: re(`材质|材料|面料|material|fabric`), ask: re(`什么(?:材质|材料|面料|做的)|材质|面料|(?:what|which) (?:material|fabric)|made of`)},
	{name: "setup", zh: "安装时间", en: "setup time", label: re(`(?:搭建|安装|组装)(?:时间|时长)|set-?up time|assembly time`), ask: re(`(?:搭|装|组装|安装)(?:起来|好|一顶|一次)?.{0,3}(?:要|需要)?(?:多久|几分钟|多长时间|多少分钟)|(?:how long|minutes|time)\b.{0,24}(?:set up|pitch|assemble|put up|install)`)},
	{name: "labour", zh: "工时", en: "labour", label: re(`工时|labou?r`), ask: re(`工时|labou?r`)},

	{name: "core warranty", of: "warranty", zh: "核心部件保修", en: "warranty of the core part", label: re(`核心部件|核心零件|主要部件|关键部件|压缩机|电机|(?:core|main|key) (?:part|component)|compressor|motor`),
		ask: re(`(?:核心|主要|关键)(?:部件|零件|配件|元件)|(?:压缩机|电机|主机).{0,8}(?:保|质保)|(?:core|key|main) (?:parts?|components?)`)},
	{name: "unit warranty", of: "warranty", usual: true, zh: "整机保修", en: "warranty of the whole unit", label: re(`整机|整车|全机|whole|\bunit$|保修期?$|^保修 ?warranty$|^warranty$|质保`),
		ask: re(`整(?:台|机|个机器)|全机|(?:whole|entire|complete|full) (?:unit|machine|appliance|thing|product|sw-|[a-z]+-?\d)`)},
	{name: "warranty", zh: "保修", en: "warranty", label: re(`保修|质保|warranty|guarantee`), ask: re(`保修|质保|包修|保几年|保多久|保多长|几年保|保固|\bwarrant|\bguarantee|\bcovered\b`)},

	{name: "interval", zh: "更换周期", en: "interval", label: re(`周期|间隔|更换|interval|replace`), ask: re(`更换周期|(?:多久|多长时间|几个?月|多少个?月|隔多久|几年).{0,4}(?:换|更换)|(?:换|更换)一次|周期|间隔|replac\w+ (?:interval|period|cycle)|how often .{0,40}(?:replace|change)|(?:replace|change)d? .{0,24}how often`)},
	{name: "pack", zh: "包装数量", en: "pack size", label: re(`每包|包装|每盒|装量|\bpack\b|per (?:box|pack)|pcs`), ask: re(`一(?:包|盒|袋|箱)(?:有|是|装)?(?:几|多少)|每(?:包|盒|袋|箱)(?:有|是|装)?(?:几|多少)|包装数量|pack size|how many .{0,30}(?:in a|per|in the|in one) (?:pack|box)|per pack`)},
	{name: "fits", zh: "适用", en: "fits", label: re(`适用|适配|兼容|配套|\bfits?\b|compatib|suitable`), ask: re(`适用|适配|兼容|配(?:什么|哪些|哪个)|(?:能|可以)用在(?:哪|什么)|\bfits?\b|compatible|suitable for`)},
	{name: "meaning", zh: "含义", en: "meaning", label: re(`含义|意思|原因|说明|meaning|cause|description`), ask: re(`什么意思|啥意思|含义|怎么回事|咋回事|什么(?:原因|毛病|故障|情况|问题)|是啥|又?是什么$|\bmean(?:s|ing)?\b|what'?s wrong|what is it about`)},
	{name: "action", zh: "处理", en: "what to do", label: re(`处理|办法|措施|解决|action|what to do|remedy|solution|\bfix\b`), ask: re(`怎么办|咋办|咋整|咋弄|怎么(?:处理|解决|弄|搞|修)|如何(?:处理|解决)|what (?:should|do|can|must|shall) (?:i|we) do|what now|waht now|how (?:do|can|to|should) (?:i )?(?:fix|solve|clear)|\bfix\b|\bremedy`)},
	{name: "place", zh: "位置", en: "place", label: re(`区域|位置|地点|楼层|区$|zone|\barea\b|location|\bfloor\b|\broom\b|where`), ask: re(`哪个区|哪一?区|区域|在哪(?:里|儿|个|层)?|位置|几楼|哪层|\bwhere\b|which (?:zone|area|room|floor)|location`)},
	{name: "duration", zh: "时长", en: "duration", label: re(`时长|课长|每节|session length|duration|\blength \(min`), ask: re(`时长|每节(?:课)?(?:多长|多久|几分钟|多少分钟)|一节(?:课)?(?:多长|多久|几分钟|多少分钟)|多长时间|session length|how long (?:is|are) (?:a|each|the|one)\b|duration`)},
	{name: "validity", zh: "有效期", en: "validity", label: re(`有效期|期限|valid|expir`), ask: re(`有效期|多久过期|几天有效|有效(?:多久|几|多长)|\bvalid\b|\bexpir|validity`)},
	{name: "term", zh: "合约期", en: "term", label: re(`合约|合同期|最短|minimum term|contract`), ask: re(`合约|合同期|最短.{0,4}(?:多久|期|几)|minimum term|contract (?:length|term|period)`)},
	{name: "name", zh: "名称", en: "name", label: re(`名称|品名|\bname\b`), ask: re(`叫什么(?:名字)?|是什么(?:配件|零件|产品|东西)|what (?:is|part is) (?:the )?(?:part|item)|名称|what kind of`)},
}

// units tell the quantity of a header's or a value's unit.
var units = []struct {
	q   quantity
	is  *regexp.Regexp // the unit itself
	ask *regexp.Regexp // a question that wants it
}{
	{energy, re(`kw ?h|度电`), re(`kwh|度电`)},
	{flow, re(`m[³3]/h|l/min|立方`), re(`m[³3]/h|立方|l/min`)},
	{sound, re(`db|分贝`), re(`分贝|\bdb\b|decibel`)},
	{pace, re(`km/h|公里/小时|mph|m/s`), re(`时速|公里每小时|km/h|mph`)},
	{rotation, re(`rpm|转`), re(`多少转|几转|\brpm\b|revolutions`)},
	{charge, re(`mah|\bah\b|安时|毫安`), re(`毫安|安时|\bm?ah\b|amp.?hours`)},
	{pressure, re(`mpa|kpa|\bbar\b|\bpsi\b`), re(`mpa|kpa|\bbar\b|\bpsi\b`)},
	{power, re(`^(?:k|a)?w$|瓦`), re(`瓦|\bwatt`)},
	{voltage, re(`^k?v$|伏`), re(`伏|\bvolts?\b|voltage|电压`)},
	{temperature, re(`℃|°c|°f|^度$|celsius`), re(`多少度|几度|℃|degrees|摄氏`)},
	{money, re(`cny|rmb|usd|eur|元|yuan|¥|\$|€|£`), re(`多少钱|几钱|多少块|几块|几元|多少元|what.{0,12}cost|how much (?:is|are|for|money|do you want)`)},
	{share, re(`%|percent`), re(`百分之|几成|percent|%`)},
	{mass, re(`^(?:k?g|kgs?|lbs?|公斤|千克|克|斤)$`), re(`公斤|千克|几斤|多少斤|\bkg\b|kilo|pounds|grams`)},
	{length, re(`^(?:mm|cm|m|km|米|毫米|厘米|公里|inch(?:es)?|in|ft)$`), re(`几米|多少米|毫米|厘米|公分|公里|\bmm\b|\bcm\b|\bmet(?:re|er)s\b|inches|多远`)},
	{volume, re(`^(?:m?l|升|毫升|litres?|liters?)$`), re(`几升|多少升|毫升|公升|\blit(?:re|er)s?\b|\bml\b`)},
	{years, re(`年|\byrs?\b|years?`), re(`几年|多少年|how many years`)},
	{months, re(`月|\bmo\b|months?`), re(`几个?月|多少个?月|how many months|in months`)},
	{days, re(`天|days?|日`), re(`几天|多少天|how many days|几日`)},
	{hours, re(`小时|^h$|hours?|hrs?`), re(`几个?小时|多少个?小时|几个钟头|how many hours`)},
	{minutes, re(`分钟|\bmins?\b|minutes?|秒|seconds?`), re(`几分钟|多少分钟|how many minutes|几秒|多少秒|how many seconds`)},
}
