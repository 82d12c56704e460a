import '@/pattern/outcome/outcome.css'
import type { ReactNode } from 'react'
import { Button } from 'antd'
import { Link, useNavigate, useParams } from 'react-router'
import { stampTime, tableDate } from '@/calendar/date'
import { useIndustryName, usePlaceName } from '@/features/region/api'
import { useSession } from '@/features/session/session'
import { useLang } from '@/i18n'
import { isZero } from '@/money/fen'
import { Card } from '@/pattern/layout/Card'
import { DataTable, type Column } from '@/pattern/layout/DataTable'
import { Facts } from '@/pattern/layout/Facts'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { Loaded } from '@/pattern/state/Loaded'
import { useMatches, useProject, type Fit, type Sending } from './api'
import { Editions } from './Editions'
import type { Project } from './model'
import { PaperLink } from './Papers'
import { AnswerForm, JudgeForm, SendForm, WithdrawForm } from './Sending'

type Cost = Project['file']['costs'][number]

/** One project: its costs and who bears them, which sources may fit, what was sent and answered. */
export default function ProjectPage() {
  const { id = '' } = useParams()
  return (
    <Loaded query={useProject(id)} lines={8}>
      {(p) => <Whole key={p.id} p={p} />}
    </Loaded>
  )
}

function Whole({ p }: { p: Project }) {
  const { d, lang, say } = useLang()
  const w = d.project
  const go = useNavigate()
  const place = usePlaceName()
  const industry = useIndustryName()
  const role = useSession().active?.role
  const matches = useMatches(p.id)
  const items: [string, ReactNode][] = [
    [w.cost, <Money key="cost" fen={p.cost_fen} />],
    [w.sought, <Money key="sought" fen={p.file.sought_fen} />],
    [w.asked, <Money key="asked" fen={p.asked_fen} />],
    [w.instruments, p.file.instruments.map((one) => w.instrument[one as keyof typeof w.instrument]).join(d.app.listComma)],
    [w.industry, p.file.industry === '' ? w.industryNone : say(industry(p.file.industry))],
    [w.written, stampTime(p.updated_at, lang)],
  ]
  return (
    <>
      <PageHead
        title={p.file.name}
        crumbs={<Link to="/projects">{w.title}</Link>}
        aside={<span className="mono">{p.number}</span>}
        sentence={[p.org.name, w.stage[p.file.stage], say(place(p.file.place))].filter(Boolean).join(' · ')}
        actions={(role === 'org_manager' || role === 'org_member') && <Button onClick={() => void go(`/projects/${p.id}/edit`)}>{w.edit}</Button>}
      />
      <div className="columns">
        <div className="stack">
          <Card title={w.matches} note={w.matchesNote}>
            <Loaded query={matches} lines={6}>
              {(fits) => (
                <ul className="hits">
                  {fits.map((fit) => (
                    <li key={fit.source}>
                      <OneFit fit={fit} />
                    </li>
                  ))}
                </ul>
              )}
            </Loaded>
          </Card>
          <Costs p={p} />
        </div>
        <div className="stack">
          <Card title={w.about}>
            {p.file.summary !== '' && <p className="prose">{p.file.summary}</p>}
            <Facts items={items} />
            {p.file.papers.length > 0 && (
              <ul className="lacks" aria-label={w.papers}>
                {p.file.papers.map((paper) => (
                  <li key={paper.sha256}>
                    <PaperLink paper={paper} project={p} />
                  </li>
                ))}
              </ul>
            )}
          </Card>
          {role === 'org_manager' && matches.data && <SendForm key={p.revision + p.sendings.length} project={p} fits={matches.data} />}
          <Card title={w.sendings}>
            {p.sendings.length === 0 && <p className="note">{w.sendingsNone}</p>}
            <div className="stack">
              {p.sendings.map((s) => (
                <OneSending key={s.id} project={p.id} s={s} />
              ))}
            </div>
          </Card>
          <Editions project={p} />
        </div>
      </div>
    </>
  )
}

function OneFit({ fit }: { fit: Fit }) {
  const { d, say } = useLang()
  const w = d.project
  const tone = fit.fits ? 'chip-eligible' : fit.close ? 'chip-lacking' : ''
  return (
    <details>
      <summary>
        <b>{say(fit.name)}</b> <span className={`chip ${tone}`}>{fit.fits ? w.fits : fit.close ? w.close : w.unfit}</span>
        {fit.draft && <div className="note">{w.draft}</div>}
      </summary>
      <ul className="lacks">
        {fit.reasons.map((r) => (
          <li key={r.id} className={r.ok ? 'soft' : 'bad'}>
            {r.ok ? '✓' : '✗'} {say(r.text)}
          </li>
        ))}
      </ul>
    </details>
  )
}

function Costs({ p }: { p: Project }) {
  const { d, say } = useLang()
  const w = d.project
  const bearer = (line: string) => p.sendings.find((s) => s.state !== 'declined' && s.state !== 'withdrawn' && s.lines.includes(line))
  const columns: Column<Cost>[] = [
    {
      key: 'line',
      title: w.line,
      main: true,
      render: (c) => (
        <>
          <span className="row-name">{c.name}</span>
          <div className="note break">
            {w.use[c.use]} · {c.invoice === '' ? w.noInvoice : <span className="mono">{c.invoice.slice(0, 12)}…</span>}
          </div>
        </>
      ),
    },
    { key: 'amount', title: w.cost, number: true, render: (c) => <Money fen={c.amount_fen} bare /> },
    {
      key: 'borne',
      title: w.borne,
      render: (c) => {
        const s = bearer(c.id)
        return s ? say(s.source_name) : <span className="faint">—</span>
      },
    },
  ]
  return (
    <Card title={w.costs} flush>
      <DataTable caption={w.costs} rows={p.file.costs} rowKey={(c) => c.id} columns={columns} />
    </Card>
  )
}

function OneSending({ project, s }: { project: string; s: Sending }) {
  const { d, lang, say } = useLang()
  const w = d.project
  const tone = s.state === 'invested' ? 'chip-eligible' : s.state === 'declined' || s.state === 'disputed' ? 'chip-bad' : s.state === 'reported' ? 'chip-lacking' : ''
  return (
    <div className="stack">
      <p>
        <b>{say(s.source_name)}</b> <span className={`chip ${tone}`}>{w.state[s.state]}</span>
        <span className="note">
          {' '}
          <Money fen={s.amount_fen} /> · {s.by} · {stampTime(s.at, lang)}
          {s.edition > 0 && (
            <>
              {' · '}
              <Link to={`/projects/${project}/editions/${s.edition}`}>{w.asSent}</Link>
            </>
          )}
        </span>
      </p>
      <ul className="lacks">
        {s.answers.map((a, i) => (
          <li key={i}>
            {tableDate(a.on, lang)} {w.state[a.state]} {!isZero(a.amount_fen) && <Money fen={a.amount_fen} />} {a.note} <span className="note">{a.by}</span>
          </li>
        ))}
      </ul>
      {s.may_answer && <AnswerForm key={s.revision} sending={s} />}
      {s.may_judge && <JudgeForm key={s.revision} sending={s} />}
      {s.may_withdraw && <WithdrawForm key={s.revision} sending={s} />}
    </div>
  )
}
