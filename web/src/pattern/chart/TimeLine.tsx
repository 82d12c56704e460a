import './chart.css'
import { useEffect, useRef } from 'react'
import type { ECharts } from './chart'
import { timeLine, type TimeLineData } from './option'

/** Figures through a year with its goal and where the line leads. The library is loaded with the first chart; the table beside it needs none. */
export function TimeLine({ data, label }: { data: TimeLineData; label: string }) {
  const frame = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = frame.current
    if (!element) return
    let chart: ECharts | null = null
    let gone = false
    const resize = new ResizeObserver(() => chart?.resize())
    void import('./chart').then(({ init }) => {
      if (gone) return
      chart = init(element, null, { renderer: 'svg' })
      chart.setOption(timeLine(data))
      resize.observe(element)
    })
    return () => {
      gone = true
      resize.disconnect()
      chart?.dispose()
    }
  }, [data])
  return <div ref={frame} className="time-line" role="img" aria-label={label} />
}
