import './review.css'
import { Button } from 'antd'
import { Link, useParams } from 'react-router'
import { useWrite } from '@/api/write'
import { stampTime } from '@/calendar/date'
import type { RoleName } from '@/features/session/model'
import { useSession } from '@/features/session/session'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { PageHead } from '@/pattern/layout/PageHead'
import { Loaded } from '@/pattern/state/Loaded'
import { ErrorPanel } from '@/pattern/state/states'
import { Timeline } from '@/pattern/time/Timeline'
import { closePanel, drawPanel, usePanel, type Panel } from './api'
import { DrawCard } from './DrawCard'
import { MarksCard } from './MarksCard'
import { Meetings } from './Meetings'
import { OtherActs } from './OtherActs'
import { StateOf } from './PanelsPage'

/** One panel: its draw that anybody can repeat, its progress, and the marks once all are final. */
export default function PanelPage() {
  const { id = '' } = useParams()
  const panel = usePanel(id)
  return (
    <Loaded query={panel} lines={8}>
      {(p) => <Whole key={p.id} panel={p} />}
    </Loaded>
  )
}

function Whole({ panel: p }: { panel: Panel }) {
  const { d } = useLang()
  const w = d.review
  const office = useSession().active?.role === 'office'
  const draw = useWrite((_: undefined, key) => drawPanel(p.id)(p.revision, key))
  const close = useWrite((_: undefined, key) => closePanel(p.id)(p.revision, key))
  const error = draw.error ?? close.error
  return (
    <>
      <PageHead
        title={p.name}
        plain
        crumbs={<Link to="/panels">{w.panels}</Link>}
        sentence={
          <>
            <StateOf state={p.state} /> {[fill(w.nCases, { n: p.cases.length }), p.seats > 0 ? fill(w.finalOf, { n: p.final, m: p.seats }) : '', p.blind ? w.blind : w.open].filter(Boolean).join(' · ')}
          </>
        }
        actions={
          office && (
            <>
              {p.allowed.includes('draw') && (
                <Button type="primary" disabled={draw.isPending} onClick={() => draw.mutate(undefined)}>
                  {w.drawGo}
                </Button>
              )}
              {p.allowed.includes('close') && (
                <Button type="primary" disabled={close.isPending} onClick={() => close.mutate(undefined)}>
                  {w.close}
                </Button>
              )}
            </>
          )
        }
      />
      <div className="columns">
        <div className="stack">
          {error !== null && (
            <div className="card">
              <ErrorPanel error={error} />
            </div>
          )}
          {p.draw && <MarksCard panel={p} />}
          <DrawCard panel={p} />
          <Meetings panel={p} office={office} />
        </div>
        <div className="stack">
          <History panel={p} />
          {office && (p.allowed.includes('cancel') || p.allowed.includes('reopen')) && <OtherActs panel={p} />}
        </div>
      </div>
    </>
  )
}

function History({ panel: p }: { panel: Panel }) {
  const { d, lang, say } = useLang()
  const w = d.review
  const events: Record<string, string> = w.event
  return (
    <Card title={w.history}>
      <Timeline
        moments={p.history.map((e, i) => ({
          key: String(i),
          when: 'past' as const,
          title: [events[e.kind] ?? e.kind, e.expert, e.case].filter(Boolean).join(' · '),
          note: [stampTime(e.at, lang), e.name, d.role[e.role as RoleName] ?? '', say(e.note)].filter(Boolean).join(' · '),
        }))}
      />
    </Card>
  )
}
