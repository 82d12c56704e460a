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
import type { TransferDetail } from './model'
import { TransferTable } from './LedgerPage'

/** Trace this yuan: from where, to where, what it settles, and which case stands behind it. */
export default function TransferPage() {
  const { id = '' } = useParams()
  const transfer = useTransfer(id)
  return <Loaded query={transfer}>{(t) => <View transfer={t} />}</Loaded>
}

function View({ transfer: t }: { transfer: TransferDetail }) {
  const { d, lang, say } = useLang()
  return (
    <>
      <PageHead
        title={d.ledger.trace}
        aside={<span className="mono break">{t.id}</span>}
        crumbs={<Link to="/ledger">{d.nav.ledger}</Link>}
        sentence={<Say text={d.ledger.traceSentence} parts={{ kind: d.ledger.kind[t.kind], amount: <b><Money fen={t.amount_fen} /></b>, from: <span className="mono break">{t.from}</span>, to: <span className="mono break">{t.to}</span> }} />}
      />
      <div className="columns">
        <Card title={d.ledger.chain} note={d.ledger.chainNote} flush>
          <TransferTable rows={[...t.links.filter((l) => l.transfer.at <= t.at).map((l) => l.transfer), t, ...t.links.filter((l) => l.transfer.at > t.at).map((l) => l.transfer)]} />
        </Card>
        <Card title={d.ledger.behind}>
          <Facts
            items={[
              [d.ledger.at, `${stampTime(t.at, lang)} UTC+8`],
              ...(t.why ? [[d.ledger.why, say(t.why)] as [string, string]] : []),
              ...(t.application ? [[d.nav.applications, <Link key="a" to={`/applications/${t.application}`} className="mono">{t.application}</Link>] as [string, React.ReactNode]] : []),
              ...(t.entry !== null ? [[d.ledger.entry, String(t.entry)] as [string, string]] : []),
              ...(t.hash ? [[d.ledger.hash, <span key="h" className="mono">{t.hash}</span>] as [string, React.ReactNode]] : []),
            ]}
          />
        </Card>
      </div>
    </>
  )
}
