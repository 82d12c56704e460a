import './ledger.css'
import { Link, useParams } from 'react-router'
import { stampTime } from '@/calendar/date'
import { Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { Facts } from '@/pattern/layout/Facts'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { Loaded } from '@/pattern/state/Loaded'
import { useTransfer } from './api'
import { AccountName } from './AccountName'
import { causeOf, inOrder, type Trace } from './model'
import { TransferTable } from './TransferTable'

/** Trace this yuan: from where, to where, what it settles, and which case stands behind it. */
export default function TransferPage() {
  const { id = '' } = useParams()
  const trace = useTransfer(id)
  return <Loaded query={trace}>{(t) => <View trace={t} />}</Loaded>
}

function View({ trace }: { trace: Trace }) {
  const { d, lang } = useLang()
  const t = trace.transfer
  const kinds: Record<string, string> = d.ledger.kind
  const relations: Record<string, string> = d.ledger.relation
  const chain = inOrder(trace)
  const cause = causeOf(t)
  return (
    <>
      <PageHead
        title={d.ledger.trace}
        aside={<span className="mono break">{t.id}</span>}
        crumbs={<Link to="/ledger">{d.nav.ledger}</Link>}
        sentence={<Say text={d.ledger.traceSentence} parts={{ kind: kinds[t.kind] ?? t.kind, amount: <b><Money fen={t.amount_fen} /></b>, from: <AccountName path={t.from} label={t.from_label} />, to: <AccountName path={t.to} label={t.to_label} /> }} />}
      />
      <div className="columns">
        <Card title={d.ledger.chain} note={d.ledger.chainNote} flush>
          <TransferTable
            rows={chain.map((c) => c.transfer)}
            relation={(x) => {
              const relation = chain.find((c) => c.transfer.id === x.id)?.relation ?? ''
              return relations[relation] ?? relation
            }}
          />
        </Card>
        <Card title={d.ledger.behind}>
          <Facts
            items={[
              [d.ledger.at, `${stampTime(t.at, lang)} UTC+8`],
              [d.ledger.entry, String(t.seq)],
              [
                d.ledger.cause,
                cause ? (
                  <Link key="c" to={cause} className="mono">
                    {t.ref}
                  </Link>
                ) : (
                  <span key="c" className="mono">
                    {t.ref || '—'}
                  </span>
                ),
              ],
              [d.ledger.hash, <span key="h" className="mono">{t.hash}</span>],
            ]}
          />
        </Card>
      </div>
    </>
  )
}
