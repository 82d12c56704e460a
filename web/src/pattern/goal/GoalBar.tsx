import './goal.css'
import { useLang } from '@/i18n'

export interface GoalTick {
  year: number
  value: number
  /** The year in view: its tick is dark. */
  now: boolean
}

/** Shares of one scale, in hundredths; only the bar's widths are numbers, what is read is the server's text. */
export interface GoalBarShape {
  value: number
  forecast: number
  /** From the forecast to the goal, when it will be missed. */
  gap: number
  ticks: (GoalTick & { at: number })[]
}

/** Solid what is, striped what is foretold, red what will be missing; a tick a year, the year in view dark. */
export function GoalBar({ shape, label }: { shape: GoalBarShape | null; label: string }) {
  const { d } = useLang()
  return (
    <div className="goal-bar-frame" role="img" aria-label={label}>
      <div className="goal-bar">
        {shape && (
          <>
            <span className="goal-bar-value" style={{ width: `${shape.value}%` }} />
            <span className="goal-bar-forecast" style={{ width: `${shape.forecast}%` }} />
            <span className="goal-bar-gap" style={{ width: `${shape.gap}%` }} />
          </>
        )}
        {shape?.ticks.map((tick) => (
          <i key={tick.year} className={tick.now ? 'goal-tick goal-tick-now' : 'goal-tick'} style={{ left: `${tick.at}%` }} />
        ))}
      </div>
      <div className="goal-bar-scale" aria-hidden="true">
        {shape?.ticks.map((tick) => (
          <span key={tick.year} className={tick.now ? 'goal-scale-now' : ''} style={{ left: `${tick.at}%` }} title={`${d.target.yearGoal} ${tick.year}`}>
            {tick.value}
          </span>
        ))}
      </div>
    </div>
  )
}
