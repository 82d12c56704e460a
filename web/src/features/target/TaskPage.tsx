import './target.css'
import { Link, useParams } from 'react-router'
import { stampTime, tableDate } from '@/calendar/date'
import { useSession } from '@/features/session/session'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { Facts } from '@/pattern/layout/Facts'
import { PageHead } from '@/pattern/layout/PageHead'
import { ClauseRef } from '@/pattern/outcome/ClauseRef'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty } from '@/pattern/state/states'
import { Clock } from '@/pattern/time/Clock'
import { Timeline, type Moment } from '@/pattern/time/Timeline'
import { fileAddress, useTask } from './api'
import type { Duty, Report, TaskDetail } from './model'
import { ReportForm } from './ReportForm'
import { StateChip } from './StateChip'

/** One task: who owes what by when, what was said, and the form to say more. */
export default function TaskPage() {
  const { id = '' } = useParams()
  const task = useTask(id)
  const { d, say } = useLang()
  const office = useSession().active?.role === 'office'
  return (
    <>
      <PageHead
        title={task.data ? say(task.data.name) : d.target.task}
        aside={task.data && <StateChip state={task.data.state} late={task.data.late_workdays} />}
        crumbs={<Link to="/tasks">{d.target.tasks}</Link>}
        sentence={task.data && <Sentence task={task.data} />}
        plain
      />
      <Loaded query={task} lines={8}>
        {(t) => (
          <div className="columns">
            <div className="stack">
              <Card title={d.target.duties} note={fill(d.target.yearOf, { year: t.year })} flush>
                {t.duties.length === 0 ? <Empty title={d.target.noDuties} /> : <Duties duties={t.duties} />}
              </Card>
              <Card title={d.target.reports} note={d.target.reportsNote}>
                {t.reports.length === 0 ? <p className="soft">{d.target.noReports}</p> : <Timeline moments={t.reports.map((r) => moment(r))} />}
              </Card>
            </div>
            <div className="stack">
              <Card title={d.target.about}>
                <Facts
                  items={[
                    [d.target.clause, <ClauseRef key="c" clause={t.clause} />],
                    [d.target.lead, t.lead.map((u) => say(u.name)).join(d.app.listComma)],
                    ...(t.support.length > 0 ? [[d.target.support, t.support.map((u) => say(u.name)).join(d.app.listComma)] as [string, string]] : []),
                    [d.target.strength, `${d.target.strengthOf[t.strength]}${t.strength === 'explore' || t.draft ? ` · ${d.target.neverLate}` : ''}`],
                    ...(t.targets.length > 0 ? [[d.target.serves, t.targets.map((g) => <Serves key={g.id} id={g.id} name={say(g.name)} />)] as [string, React.ReactNode]] : []),
                  ]}
                />
              </Card>
              {office && (
                <Card title={d.target.reportTask} note={d.target.reportTaskNote}>
                  <ReportForm task={t} />
                </Card>
              )}
            </div>
          </div>
        )}
      </Loaded>
    </>
  )

  function moment(r: Report): Moment {
    return { key: r.id, when: r.corrected_by ? 'to_come' : 'past', title: headOf(r), note: r.corrected_by ? d.target.corrected : undefined, detail: <Said report={r} /> }
  }

  function headOf(r: Report): string {
    return [r.percent === null ? '' : `${r.percent}%`, r.milestone].filter(Boolean).join(' · ')
  }
}

function Serves({ id, name }: { id: string; name: string }) {
  return (
    <span className="serves">
      <Link to={`/targets?target=${id}`}>{name}</Link>
    </span>
  )
}

/** What was said, by whom, with the files and facts that show it. */
function Said({ report: r }: { report: Report }) {
  const { d, lang, say } = useLang()
  return (
    <>
      <p className="prose">{r.text}</p>
      <p className="note">
        {say(r.unit.name)} · {r.by} · {stampTime(r.at, lang)}
      </p>
      {(r.files.length > 0 || r.facts.length > 0) && (
        <p className="note fact-ids">
          {r.files.map((f) => (
            <a key={f.id} href={fileAddress(f.id)} download>
              {f.name}
            </a>
          ))}
          {r.facts.map((f) => (
            <Link key={f} className="mono" to={`/evidence/facts/${encodeURIComponent(f)}`}>
              {f}
            </Link>
          ))}
        </p>
      )}
      {r.corrects && <p className="note">{d.target.corrects}</p>}
    </>
  )
}

function Sentence({ task: t }: { task: TaskDetail }) {
  const { d, lang, say } = useLang()
  const who = t.lead.map((u) => say(u.name)).join(d.app.listComma)
  const late = t.duties.find((x) => x.overdue)
  if (late) return <>{fill(d.target.taskLate, { who: say(late.unit.name), n: late.late_workdays, day: tableDate(late.due, lang) })}</>
  if (t.reported) return <>{fill(d.target.taskSaid, { who, day: tableDate(t.reported, lang), percent: t.percent === null ? t.said : `${t.percent}%` })}</>
  return <>{fill(d.target.taskSilent, { who })}</>
}

function Duties({ duties }: { duties: Duty[] }) {
  const { d, lang, say } = useLang()
  return (
    <DataTable
      caption={d.target.duties}
      rows={duties}
      rowKey={(x) => `${x.from} ${x.ref} ${x.unit.id}`}
      columns={[
        {
          key: 'unit',
          title: d.target.unit,
          main: true,
          render: (x) => (
            <>
              <b>{say(x.unit.name)}</b>
              {x.goal && <div className="note">{x.goal}</div>}
            </>
          ),
        },
        { key: 'from', title: d.target.setBy, render: (x) => d.target.dutyFrom[x.from] },
        { key: 'due', title: d.target.due, render: (x) => <span className="num">{tableDate(x.due, lang)}</span> },
        { key: 'state', title: d.target.state, render: (x) => (x.done ? fill(d.target.doneOn, { day: tableDate(x.done, lang) }) : <Clock face={{ left: x.overdue ? -x.late_workdays : x.left_workdays, total: Math.max(13, x.left_workdays) }} />) },
      ]}
    />
  )
}
