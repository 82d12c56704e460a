export interface TimeLineData {
  /** First and last day of the axis. */
  from: string
  to: string
  lines: { name: string; points: [day: string, value: number][] }[]
  /** From the last point to the last day; null without a forecast. */
  forecast: [[string, number], [string, number]] | null
  goal: { value: number; label: string } | null
  /** What a month is called on the axis, by its number. */
  month: (n: number) => string
}

const INDIGO = ['#24457F', '#6F8FC0', '#A9BCD8']
const GREY = '#666E7C'
const RULE = '#E6E2D9'
const FONT = { fontSize: 11, color: GREY, fontFamily: 'inherit' }

/** One hue, labels at the line's end, a hairline grid, the goal as a labelled line, the forecast dashed, nothing moves. */
export function timeLine(data: TimeLineData) {
  return {
    animation: false,
    aria: { enabled: false }, // the frame's own label and the table say it
    grid: { left: 8, right: 64, top: 16, bottom: 8, containLabel: true },
    xAxis: { type: 'time', min: data.from, max: data.to, axisLine: { lineStyle: { color: RULE } }, axisTick: { show: false }, axisLabel: { ...FONT, formatter: (at: number) => data.month(new Date(at).getMonth() + 1), hideOverlap: true }, splitLine: { show: false } },
    yAxis: { type: 'value', min: 0, axisLabel: FONT, splitLine: { lineStyle: { color: RULE } }, splitNumber: 4 },
    series: [
      ...data.lines.map((line, i) => ({
        type: 'line',
        name: line.name,
        data: line.points,
        symbol: line.points.length > 20 ? 'none' : 'circle',
        symbolSize: 5,
        lineStyle: { color: INDIGO[i % 3], width: 2 },
        itemStyle: { color: INDIGO[i % 3] },
        endLabel: { show: line.name !== '', formatter: line.name, ...FONT },
        markLine:
          i === 0 && data.goal
            ? { symbol: 'none', silent: true, lineStyle: { color: '#1D2430', width: 1, type: 'solid' }, label: { formatter: data.goal.label, position: 'insideStartTop', ...FONT, color: '#1D2430' }, data: [{ yAxis: data.goal.value }] }
            : undefined,
      })),
      ...(data.forecast ? [{ type: 'line', data: data.forecast, symbol: 'none', lineStyle: { color: INDIGO[1], width: 2, type: 'dashed' }, endLabel: { show: true, formatter: String(data.forecast[1][1]), ...FONT } }] : []),
    ],
  }
}
