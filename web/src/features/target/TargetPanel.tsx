import { Button } from 'antd'
import { useMemo } from 'react'
import { Link } from 'react-router'
import { mayOpen } from '@/app/nav'
import { monthName, tableDate } from '@/calendar/date'
import { useSession } from '@/features/session/session'
import { fill, useLang } from '@/i18n'
import { TimeLine } from '@/pattern/chart/TimeLine'
import { DataTable } from '@/pattern/layout/DataTable'
import { Facts } from '@/pattern/layout/Facts'
import { Basis } from '@/pattern/outcome/Basis'
import { ClauseRef } from '@/pattern/outcome/ClauseRef'
import { Loaded } from '@/pattern/state/Loaded'
import { useTarget } from './api'
import { goalText, lineOf, unitName, type Reading, type TargetDetail } from './model'

/** The year of one target: the line, what it rests on, and who answers. */
export function TargetPanel({ id, year }: { id: string; year: number }) {
  const target = useTarget(id, year)
  return (
    <Loaded query={target} lines={6}>
      {(t) => <Detail target={t} />}
    </Loaded>
  )
}

function Detail({ target: t }: { target: TargetDetail }) {
  const { d, lang, say } = useLang()
  const role = useSession().active?.role
  const line = useMemo(() => lineOf(t, (r) => say(r.name), (n) => monthName(n, lang)), [t, lang, say])
  return (
    <div className="stack">
      {line && <TimeLine data={line} label={fill(d.target.chart, { name: say(t.name), year: t.year })} />}
      <Facts
        items={[
          [d.target.clause, <ClauseRef key="c" clause={t.clause} />],
          [d.target.goals, t.goals.map((g) => `${g.year} ${goalText(g, say)}`).join(d.target.semicolon)],
          ...t.readings.flatMap((r) => rested(r)),
          [d.target.answers, t.units.map((u) => say(u.name)).join(d.app.listComma)],
        ]}
      />
      {t.question !== '' && (
        <p className="row note">
          <Basis kind="ruling" />
          <span>
            {t.light === 'undecided' ? d.target.undecidedNote : d.target.questionNote} <Link to={`/policy/questions#${t.question}`}>{t.question}</Link>
          </span>
        </p>
      )}
      <Points target={t} />
      <UnderIt target={t} />
      {mayOpen(role, '/tasks') && t.tasks.length > 0 && (
        <details>
          <summary>{fill(d.target.serving, { n: t.tasks.length })}</summary>
          <ul className="lacks">
            {t.tasks.map((task) => (
              <li key={task.id}>
                <Link to={`/tasks/${task.id}`}>{say(task.name)}</Link> <ClauseRef clause={task.clause} />
              </li>
            ))}
          </ul>
        </details>
      )}
      {role === 'office' && t.reported && (
        <div>
          <Link to={`/figures/${t.id}?year=${t.year}`}>
            <Button type="primary">{d.target.report}</Button>
          </Link>
        </div>
      )}
    </div>
  )

  function rested(r: Reading): [string, string][] {
    const name = r.id === '' ? '' : `${say(r.name)} `
    const out: [string, string][] = []
    if (r.gap !== '') out.push([d.target.gap, `${name}${r.gap} ${unitName(t.unit, d)}`])
    if (r.forecast) out.push([d.target.method, `${name}${say(r.forecast.method)}${d.target.arrow}${r.forecast.value}`])
    return out
  }
}

/** The chart's points as a table, for keyboard and screen reader; as text it can be copied into a sheet. */
function Points({ target: t }: { target: TargetDetail }) {
  const { d, lang, say } = useLang()
  const rows = t.series.flatMap((s) => s.points.map((p) => ({ ...p, key: `${s.id} ${p.day}`, name: say(t.readings.find((r) => r.id === s.id)?.name) })))
  if (rows.length === 0) return null
  return (
    <details>
      <summary>{fill(d.target.points, { n: rows.length })}</summary>
      <DataTable
        compact
        caption={d.target.pointsCaption}
        rows={rows}
        rowKey={(r) => r.key}
        columns={[
          { key: 'day', title: d.target.day, render: (r) => <span className="num">{tableDate(r.day, lang)}</span> },
          ...(t.series.length > 1 ? [{ key: 'name', title: d.target.reading, render: (r: (typeof rows)[number]) => r.name }] : []),
          { key: 'value', title: unitName(t.unit, d) || d.target.number, number: true, render: (r) => r.value },
        ]}
      />
    </details>
  )
}

/** The facts under the figure, and what was found and does not count. */
function UnderIt({ target: t }: { target: TargetDetail }) {
  const { d, say } = useLang()
  const signedIn = useSession().signedIn
  const fact = (id: string) =>
    signedIn ? (
      <Link key={id} className="mono" to={`/evidence/facts/${encodeURIComponent(id)}`}>
        {id}
      </Link>
    ) : (
      <span key={id} className="mono">
        {id}
      </span>
    )
  return (
    <>
      {t.series.map((s, i) => {
        const reading = t.readings.find((r) => r.id === s.id)
        if (s.facts.length === 0 || !reading) return null
        return (
          <details key={s.id}>
            <summary>
              {i > 0 || t.series.length > 1 ? `${say(reading.name)} ` : ''}
              {fill(d.target.under, { n: s.facts.length })}
            </summary>
            <p className="fact-ids">{s.facts.map(fact)}</p>
            {reading.beside.map((b) => (
              <p key={b.why.en} className="note">
                {say(b.why)} <span className="fact-ids">{b.facts.map(fact)}</span>
              </p>
            ))}
          </details>
        )
      })}
    </>
  )
}
