import './call.css'
import { Button } from 'antd'
import { Link, useParams } from 'react-router'
import { sentenceDate } from '@/calendar/date'
import { isOfficial } from '@/features/session/model'
import { useSession } from '@/features/session/session'
import { fill, Say, useLang } from '@/i18n'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { Loaded } from '@/pattern/state/Loaded'
import { useCall } from './api'
import { Batch } from './Batch'
import { CallActs } from './CallActs'
import { Apply } from '@/features/application/Apply'
import { CallAllocations } from './CallAllocations'
import { CallHistory } from './CallHistory'
import { CallTerms, OfferTerms } from './CallTerms'
import { CallNotices } from './CallNotices'
import { Funnel } from './Funnel'
import { budgetOf, funnelOf, standing, together, total, type Call } from './model'
import { PhaseChip } from './PhaseChip'
import { SandboxCrowd } from './SandboxCrowd'

/** One call: what it offers and asks for, how far it has come, and what may be done with it. */
export default function CallPage() {
  const { id = '' } = useParams()
  return (
    <Loaded query={useCall(id)} lines={8}>
      {(call) => <Page call={call} />}
    </Loaded>
  )
}

function Page({ call }: { call: Call }) {
  const { d, say } = useLang()
  const role = useSession().active?.role
  const officer = isOfficial(role) || role === 'auditor'
  const applies = role === 'org_manager' || role === 'org_member'
  const taking = call.phase === 'open' || call.phase === 'late'
  return (
    <>
      <PageHead
        title={say(call.terms.name)}
        aside={
          <>
            <span className="mono">{call.number}</span> <PhaseChip call={call} />
          </>
        }
        crumbs={<Link to="/calls">{d.call.title}</Link>}
        sentence={<Sentence call={call} officer={officer} />}
        actions={
          <>
            {applies && taking && call.state === 'published' && (
              <Link to="/match">
                <Button type="primary">{d.call.apply}</Button>
              </Link>
            )}
            {role === 'office' && call.state !== 'closed' && (
              <Link to={`/calls/${call.id}/edit`}>
                <Button>{call.state === 'draft' ? d.call.edit : d.call.revise}</Button>
              </Link>
            )}
          </>
        }
      />
      <div className="columns">
        <div className="stack">
          {officer && call.state !== 'draft' && <Funnel call={call} />}
          <CallTerms call={call} />
          {call.terms.offers.map((offer) => (
            <OfferTerms key={offer.measure} offer={offer}>
              {call.state === 'published' && ['open', 'late'].includes(call.phase) && <Apply call={call.id} measure={offer.measure} />}
            </OfferTerms>
          ))}
        </div>
        <div className="stack">
          {call.state === 'draft' && role === 'office' && <CallActs call={call} />}
          {officer && call.state !== 'draft' && together(call.terms) && <CallAllocations call={call} computes={role === 'office' && call.state === 'published'} />}
          {role === 'office' && taking && call.state === 'published' && <SandboxCrowd call={call} />}
          {role === 'office' && call.state === 'published' && <Batch call={call} act="accept" />}
          {role === 'office' && call.state === 'published' && <Batch call={call} act="approve" />}
          {role === 'finance' && call.state === 'published' && <Batch call={call} act="countersign" />}
          {call.state !== 'draft' && <CallNotices call={call} drafts={role === 'office' && call.terms.notice > 0 && Boolean(call.funnel['proposed'])} />}
          <CallHistory id={call.id} />
          {call.state === 'published' && role === 'office' && <CallActs call={call} />}
        </div>
      </div>
    </>
  )
}

/** What a director can read aloud. */
function Sentence({ call, officer }: { call: Call; officer: boolean }) {
  const { d, lang } = useLang()
  const parts = {
    opens: sentenceDate(call.terms.opens, lang),
    closes: sentenceDate(call.terms.closes, lang),
    last: sentenceDate(call.last_day, lang),
    left: <b>{call.workdays_left}</b>,
    n: <b>{call.terms.offers.length}</b>,
    budget: (
      <b>
        <Money fen={budgetOf(call.terms)} overview />
      </b>
    ),
  }
  const n = total(funnelOf(call.funnel, []))
  return (
    <>
      <Say text={d.call.says[standing(call)]} parts={parts} />
      {officer && call.state !== 'draft' && (n > 0 ? <Link to={`/applications?call=${call.id}`}>{fill(d.call.saysFunnel, { n })}</Link> : d.call.saysEmpty)}
    </>
  )
}
