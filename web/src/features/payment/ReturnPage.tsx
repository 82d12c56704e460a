import './payment.css'
import { Button } from 'antd'
import { Link, useParams, useSearchParams } from 'react-router'
import { useWrite } from '@/api/write'
import { stampTime } from '@/calendar/date'
import { useSession } from '@/features/session/session'
import { fill, Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { Loaded } from '@/pattern/state/Loaded'
import { Paged } from '@/pattern/state/Paged'
import { Empty, ErrorPanel } from '@/pattern/state/states'
import { acceptReturn, discardReturn, useLines, useReturn, type BankReturn } from './api'
import { Lines } from './Lines'

/** Good and bad lines of a bank's return, before and after it is posted. */
export default function ReturnPage() {
  const { id = '' } = useParams()
  return <Loaded query={useReturn(id)}>{(r) => <Return made={r} />}</Loaded>
}

function Return({ made: r }: { made: BankReturn }) {
  const { d, lang } = useLang()
  const [params] = useSearchParams()
  const acts = useSession().active?.role === 'finance' && r.state === 'previewed'
  const accept = useWrite(acceptReturn)
  const drop = useWrite(discardReturn)
  const bad = useLines(r.id, 'bad')
  const fine = useLines(r.id, 'good')
  const good = r.paid.count + r.failed.count
  const error = accept.error ?? drop.error
  return (
    <>
      <PageHead
        title={d.payment.returns}
        aside={
          <>
            <span className="mono">{r.number}</span> {r.name}
          </>
        }
        crumbs={<Link to="/payment">{d.payment.title}</Link>}
        sentence={
          <Say
            text={r.state === 'accepted' ? d.payment.returnDone : d.payment.returnSentence}
            parts={{ lines: <b>{r.lines}</b>, paid: <b>{r.paid.count}</b>, paidSum: <Money fen={r.paid.amount_fen} />, failed: <b>{r.failed.count}</b>, bad: <b className={r.bad > 0 ? 'bad' : ''}>{r.bad}</b>, at: stampTime(r.accepted_at, lang) }}
          />
        }
        actions={
          acts && (
            <>
              <Button disabled={drop.isPending} onClick={() => drop.mutate(r.id)}>
                {d.payment.discard}
              </Button>
              <Button type="primary" disabled={accept.isPending} onClick={() => accept.mutate(r.id)}>
                {good > 0 ? fill(d.payment.accept, { n: good }) : fill(d.payment.acceptNone, { n: r.bad })}
              </Button>
            </>
          )
        }
      />
      <div className="stack">
        {error && <div className="card"><ErrorPanel error={error} /></div>}
        {r.ahead > 0 && r.state !== 'discarded' && (
          <p className="card card-body lacking" role="status">
            {fill(r.state === 'accepted' ? d.payment.aheadLeft : d.payment.ahead, { n: r.ahead })}
          </p>
        )}
        {params.has('repeated') && <p className="card card-body lacking" role="status">{r.state === 'previewed' ? d.payment.repeatedPreview : d.payment.repeated}</p>}
        {r.state === 'discarded' && <p className="card card-body" role="status">{d.payment.discardedNote}</p>}
        <Card title={d.payment.badLines} note={String(r.bad)} flush>
          <Paged query={bad} empty={<Empty title={d.payment.noBad} />}>
            {(rows) => <Lines caption={d.payment.badLines} lines={rows} />}
          </Paged>
        </Card>
        <Card title={r.state === 'previewed' ? d.payment.goodLines : d.payment.appliedLines} note={String(r.lines - r.bad)} flush>
          <Paged query={fine} empty={<Empty title={d.payment.noGood} />}>
            {(rows) => <Lines caption={d.payment.goodLines} lines={rows} />}
          </Paged>
        </Card>
      </div>
    </>
  )
}
