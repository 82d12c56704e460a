import { expect, it } from 'vitest'
import { timeLine, type TimeLineData } from './option'

const data: TimeLineData = {
  from: '2025-01-01',
  to: '2025-12-31',
  lines: [{ name: '', points: [['2025-03-31', 28.4], ['2025-09-30', 92.7]] }],
  forecast: [['2025-09-30', 92.7], ['2025-12-31', 123.9]],
  goal: { value: 130, label: '130' },
  month: (n) => `${n}月`,
}

it('begins at zero, marks the goal and dashes the forecast; nothing moves', () => {
  const option = timeLine(data)
  expect(option.animation).toBe(false)
  expect(option.yAxis.min).toBe(0)
  expect(option.series).toHaveLength(2)
  expect(option.xAxis.axisLabel.formatter(new Date(2025, 2, 1).getTime())).toBe('3月')
  expect(option.series[0]).toMatchObject({ data: data.lines[0]?.points, markLine: { data: [{ yAxis: 130 }] } })
  expect(option.series[1]).toMatchObject({ data: data.forecast, lineStyle: { type: 'dashed' } })
})
it('draws no forecast and no goal where there is none', () => {
  const option = timeLine({ ...data, forecast: null, goal: null })
  expect(option.series).toHaveLength(1)
  expect(option.series[0]).toMatchObject({ markLine: undefined })
})
