import './payment.css'
import { Link } from 'react-router'
import { Say, useLang } from '@/i18n'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty } from '@/pattern/state/states'
import { useOverview, type Overview } from './api'
import { BankFiles } from './BankFiles'
import { Halves } from './Halves'
import { inAll } from './model'
import { Purses } from './Purses'
import { Returns } from './Returns'

/** What waits to be paid, by purse; halves that differ; files to the bank and its answers. */
export default function PaymentPage() {
  const { d } = useLang()
  const overview = useOverview()
  return (
    <>
      <PageHead title={d.payment.title} sentence={overview.data && (overview.data.purses.length > 0 ? <Sentence overview={overview.data} /> : d.payment.none)} actions={<Link to="/payment/orders">{d.payment.orders}</Link>} />
      <div className="stack">
        <Loaded query={overview} lines={6}>
          {(o) => (o.purses.length === 0 ? <div className="card"><Empty title={d.payment.none} /></div> : <Purses purses={o.purses} />)}
        </Loaded>
        <Halves />
        <BankFiles />
        {overview.data && <Returns purses={overview.data.purses.map((p) => p.purse)} />}
      </div>
    </>
  )
}

/** A sentence before the numbers; each number leads to what it counts. */
function Sentence({ overview: o }: { overview: Overview }) {
  const { d } = useLang()
  const waiting = inAll(o, 'waiting')
  return (
    <Say
      text={d.payment.sentence}
      parts={{
        waiting: (
          <Link to="/payment/orders?state=waiting">
            <b>{waiting.count}</b>
          </Link>
        ),
        amount: <Money fen={waiting.amount} />,
        differing: (
          <a href="#halves">
            <b className={o.differing > 0 ? 'bad' : ''}>{o.differing}</b>
          </a>
        ),
        releases: (
          <a href="#files">
            <b className={o.releases > 0 ? 'lacking' : ''}>{o.releases}</b>
          </a>
        ),
        unmatched: (
          <Link to="/payment/unmatched">
            <b className={o.unmatched > 0 ? 'bad' : ''}>{o.unmatched}</b>
          </Link>
        ),
      }}
    />
  )
}
