import { tableDate } from '@/calendar/date'
import { fill, useLang } from '@/i18n'
import { GoalBar } from '@/pattern/goal/GoalBar'
import { LightChip } from '@/pattern/goal/LightChip'
import { barOf, goalText, unitName, type Reading, type Target } from './model'

interface Props {
  target: Target
  year: number
  open: boolean
  onOpen: () => void
  parent: Target | undefined
}

/** One target: its name and source, its figure, the bar with a tick a year. Two readings stand one under the other. */
export function TargetRow({ target: t, year, open, onOpen, parent }: Props) {
  const { d, say } = useLang()
  return (
    <>
      <div className="target-head">
        <button type="button" className="target-name" aria-expanded={open} onClick={onOpen}>
          {say(t.name)}
        </button>
        {t.draft && <span className="note">{d.target.draft}</span>}
        <LightChip light={t.light} />
      </div>
      {parent && <p className="note">{fill(d.target.partOf, { name: say(parent.name) })}</p>}
      {t.readings.length === 0 && (
        <p className="target-words">
          {t.goal?.year} {goalText(t.goal, say)} <span className="note">{d.target.inWords}</span>
        </p>
      )}
      {t.readings.map((r) => (
        <Figure key={r.id} target={t} reading={r} year={year} />
      ))}
    </>
  )
}

/** One reading of a target with its bar; briefly, without who says so. */
export function Figure({ target: t, reading: r, year, brief = false }: { target: Target; reading: Reading; year: number; brief?: boolean }) {
  const { d, lang, say } = useLang()
  const unit = unitName(t.unit, d)
  const goal = goalText(t.goal, say)
  const words = r.value === '' ? fill(d.target.barUnknown, { goal, unit }) : fill(d.target.bar, { value: r.value, goal, unit, forecast: r.forecast ? fill(d.target.barForecast, { n: r.forecast.value }) : '' })
  return (
    <div className="target-figure">
      <div className="target-line">
        <span className="note">
          {r.id !== '' && <b className="soft">{say(r.name)} </b>}
          {r.value === '' ? r.light !== 'later' && t.reporter && fill(d.target.mustReport, { unit: say(t.reporter.name) }) : [unit, ...(brief ? [] : [say(r.source)]), fill(d.target.asOf, { day: tableDate(r.as_of, lang) })].filter(Boolean).join(d.target.comma)}
        </span>
        <span className="target-value">
          {r.value === '' ? r.light === 'later' ? '—' : <span className="lacking">{d.target.unknown}</span> : <b>{r.value}</b>}
          {r.forecast && <span className={r.light === 'behind' ? 'note bad' : 'note'}>{fill(d.target.forecast, { n: r.forecast.value })}</span>}
        </span>
      </div>
      <GoalBar shape={barOf(t, r, year)} label={words} />
    </div>
  )
}
