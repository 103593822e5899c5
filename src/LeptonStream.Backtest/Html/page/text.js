// Words, numbers and times, in the reader's language.
const unknown = '–';
const catalogues = {
  en: {
    title: 'Backtest', switch: '中文', filter: 'Filter by family or name', all: 'All families', missedOnly: 'With missed events', falseOnly: 'With false alarms',
    order: 'Order', 'order.run': 'As run', 'order.name': 'Name', 'order.f1': 'Lowest F1 first', 'order.false': 'Most false alarms a day first', 'order.missed': 'Most missed events first',
    summary: '{files} series, {samples} samples', shown: '{shown} of {all} series', none: 'No series is like that.', families: 'Families', files: 'Series', skipped: 'Skipped files',
    'tile.found': 'Events found', 'tile.precision': 'Precision, F1', 'tile.false': 'False alarms a day', 'tile.delay': 'Delay, samples', 'tile.areas': 'AUC-PR, VUS-PR',
    'tile.budgets': 'Recall at {budgets} a day', 'tile.nab': 'NAB standard, low FP, low FN', 'tile.of': '{detected} of {events}',
    'note.precision': 'of {episodes} episodes', 'note.false': '{count} in {days} series-days', 'note.delay': 'median; 95 %: {p95}', 'note.nab': 'by alarms: {alarms}',
    'col.name': 'Name', 'col.series': 'Series', 'col.events': 'Events', 'col.missed': 'Missed', 'col.precision': 'Precision', 'col.recall': 'Recall', 'col.f1': 'F1', 'col.false': 'False/day',
    'col.at': 'Recall at {budget}', 'col.delay': 'Delay', 'col.auc': 'AUC\u2011PR', 'col.vus': 'VUS\u2011PR', total: 'Total',
    'badge.found': '{detected} of {events} found', 'badge.false': '{count} false', 'badge.unlabelled': 'no labels', 'badge.clean': 'no events', 'badge.f1': 'F1 {f1}', 'badge.auc': 'AUC-PR {auc}',
    'badge.rows': '{rows} rows', 'badge.metrics': '{all} metrics, the {shown} with the highest scores in view',
    'legend.value': 'value', 'legend.expected': 'expected', 'legend.band': 'expected band', 'legend.found': 'event, found', 'legend.missed': 'event, missed', 'legend.hit': 'alarm',
    'legend.false': 'false alarm', 'legend.score': 'score', 'legend.line': 'line at 1.0', 'legend.warmup': 'not counted', 'lane.alarms': 'alarms', 'lane.score': 'score',
    previous: 'Previous', next: 'Next', reset: 'Whole series', findings: 'Events and false alarms', hint: 'Drag to zoom, double-click for the whole series. Keys: arrows, + and −, n and p, Esc.',
    'finding.found': 'found after {delay} rows', 'finding.missed': 'missed', 'finding.false': 'false alarm', 'finding.alarm': 'alarm', 'finding.uncounted': 'not counted', 'finding.more': 'and {count} more',
    row: 'row {row}', expected: 'expected {value}', range: '{lower} to {upper}', score: 'score {score}', inEvent: 'in an event', inAlarm: 'alarm', inFalse: 'false alarm', warmup: 'not counted',
    figure: '{name}: {events} events, {detected} found, {count} false alarms',
    rules: 'An event is found when an alarm row lies in it; its delay runs from its first row. Alarm rows at most {gap} rows apart are one episode; an episode none of whose rows lies in an event is a false alarm. '
      + 'Warm-up (15 %, at most 750 rows) and train parts are not counted. Recall at a rate is the best that one threshold for all series reaches within it, as long as it flags at most 1 % of the normal rows. '
      + 'AUC-PR and VUS-PR are means over the series that have events. Times are UTC.',
  },
  'zh-CN': {
    title: '回测', switch: 'English', filter: '按分组或名称筛选', all: '全部分组', missedOnly: '有漏报', falseOnly: '有误报',
    order: '排序', 'order.run': '运行顺序', 'order.name': '名称', 'order.f1': 'F1 从低到高', 'order.false': '每日误报从多到少', 'order.missed': '漏报从多到少',
    summary: '{files} 条序列，{samples} 个样本', shown: '{shown} / {all} 条序列', none: '没有符合条件的序列。', families: '分组', files: '序列', skipped: '跳过的文件',
    'tile.found': '检出事件', 'tile.precision': '精确率，F1', 'tile.false': '每日误报', 'tile.delay': '延迟（样本数）', 'tile.areas': 'AUC-PR，VUS-PR',
    'tile.budgets': '每日误报 {budgets} 次的召回率', 'tile.nab': 'NAB 标准，低误报，低漏报', 'tile.of': '{detected} / {events}',
    'note.precision': '共 {episodes} 段告警', 'note.false': '{days} 序列日内 {count} 次', 'note.delay': '中位数；95 %：{p95}', 'note.nab': '按告警：{alarms}',
    'col.name': '名称', 'col.series': '序列', 'col.events': '事件', 'col.missed': '漏报', 'col.precision': '精确率', 'col.recall': '召回率', 'col.f1': 'F1', 'col.false': '误报/日',
    'col.at': '召回率@{budget}', 'col.delay': '延迟', 'col.auc': 'AUC\u2011PR', 'col.vus': 'VUS\u2011PR', total: '合计',
    'badge.found': '检出 {detected} / {events}', 'badge.false': '误报 {count}', 'badge.unlabelled': '无标注', 'badge.clean': '无事件', 'badge.f1': 'F1 {f1}', 'badge.auc': 'AUC-PR {auc}',
    'badge.rows': '{rows} 行', 'badge.metrics': '{all} 个指标，显示当前范围内得分最高的 {shown} 个',
    'legend.value': '实际值', 'legend.expected': '预期值', 'legend.band': '预期区间', 'legend.found': '事件（检出）', 'legend.missed': '事件（漏报）', 'legend.hit': '告警',
    'legend.false': '误报', 'legend.score': '得分', 'legend.line': '阈值 1.0', 'legend.warmup': '不计分', 'lane.alarms': '告警', 'lane.score': '得分',
    previous: '上一个', next: '下一个', reset: '全部', findings: '事件与误报', hint: '拖动缩放，双击还原。按键：方向键、+、−、n、p、Esc。',
    'finding.found': '{delay} 行后检出', 'finding.missed': '漏报', 'finding.false': '误报', 'finding.alarm': '告警', 'finding.uncounted': '不计分', 'finding.more': '另有 {count} 项',
    row: '第 {row} 行', expected: '预期 {value}', range: '{lower} 至 {upper}', score: '得分 {score}', inEvent: '事件中', inAlarm: '告警', inFalse: '误报', warmup: '不计分',
    figure: '{name}：{events} 个事件，检出 {detected} 个，误报 {count} 次',
    rules: '事件内有告警行即为检出，延迟从事件首行算起。相隔不超过 {gap} 行的告警行合为一段；没有任何一行落在事件内的告警段为误报。预热（15 %，至多 750 行）和训练部分不计分。'
      + '某误报率下的召回率，是所有序列共用一个阈值、且至多标记 1 % 正常行时能达到的最高值。AUC-PR 和 VUS-PR 为有事件的各序列的平均值。时间均为 UTC。',
  },
};
let language = navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';

function t(key, values = {}) {
  return catalogues[language][key].replace(/\{(\w+)\}/g, (_, slot) => values[slot]);
}

const has = value => value !== null && value !== undefined && !Number.isNaN(value);
const share = value => has(value) ? value.toFixed(2) : unknown;
const whole = value => has(value) ? value.toLocaleString(language) : unknown;
const number = (value, digits = 4) => !has(value) ? unknown : value !== 0 && Math.abs(value) < 1e-4 ? String(Number(value.toPrecision(digits))) : new Intl.NumberFormat(language, { maximumSignificantDigits: digits }).format(value);

const second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
const two = part => String(part).padStart(2, '0');

// A date and time of day in UTC; where the file counts from zero, the time since.
function clock(ms, calendar, step = second) {
  const time = new Date(ms);
  const seconds = step < minute ? `:${two(time.getUTCSeconds())}` : '';
  const fraction = step < second ? `.${String(time.getUTCMilliseconds()).padStart(3, '0')}` : '';
  const ofDay = `${two(time.getUTCHours())}:${two(time.getUTCMinutes())}${seconds}${fraction}`;
  return calendar ? `${time.toISOString().slice(0, 10)} ${ofDay}` : ms >= day ? `${Math.floor(ms / day)} d ${ofDay}` : ofDay;
}
