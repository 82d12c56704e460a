import './ledger.css'
import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import { fill, Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { useFilter } from '@/pattern/layout/Filter'
import { PageHead } from '@/pattern/layout/PageHead'
import { Loaded } from '@/pattern/state/Loaded'
import { Paged } from '@/pattern/state/Paged'
import { Empty, ErrorPanel } from '@/pattern/state/states'
import { AccountTree } from './AccountTree'
import { TransferTable } from './TransferTable'
import { useAccounts, useTransfers, verify } from './api'
import type { Schemas } from '@/api/client'
import { YearBudgets } from './YearBudgets'

/** Budgets, the chart of accounts, the transfers, and a check of every entry. */
export default function LedgerPage() {
  const { d } = useLang()
  const accounts = useAccounts()
  const check = useMutation({ mutationFn: verify })
  return (
    <>
      <PageHead
        title={d.nav.ledger}
        sentence={check.data ? <Checked check={check.data} /> : accounts.data && <Say text={d.ledger.sentence} parts={{ n: <b>{`${accounts.data.count}${accounts.data.more ? '+' : ''}`}</b> }} />}
        actions={
          <Button disabled={check.isPending} type="primary" onClick={() => check.mutate()}>
            {d.ledger.verify}
          </Button>
        }
      />
      <div className="stack">
        {check.error && <div className="card"><ErrorPanel error={check.error} /></div>}
        <YearBudgets />
        <div className="ledger-columns">
          <Card title={d.ledger.accounts} note={d.money.yuan} flush>
            <Loaded query={accounts} lines={6}>
              {(chart) => (chart.count === 0 ? <Empty title={d.ledger.noAccounts} /> : <AccountTree nodes={chart.nodes} />)}
            </Loaded>
          </Card>
          <Transfers />
        </div>
      </div>
    </>
  )
}

function Checked({ check }: { check: Schemas['LedgerReportBody'] }) {
  const { d, say } = useLang()
  return (
    <span role="status">
      <b className={check.ok ? 'ok' : 'bad'}>{say(check.summary)}</b>{' '}
      <span className="note">
        {fill(d.ledger.checked, { seq: check.seq, sealed: check.sealed })} <span className="mono">{check.hash.slice(0, 12)}…</span>
      </span>
      {check.findings.map((f, i) => (
        <span key={i} className="bad finding">
          {say(f.message)} {f.id && <span className="mono">{f.id}</span>}
        </span>
      ))}
    </span>
  )
}

function Transfers() {
  const { d } = useLang()
  const [account, setAccount] = useFilter('account')
  const list = useTransfers(account)
  return (
    <Card
      title={d.ledger.transfers}
      note={account ? <span className="mono break">{account}</span> : d.ledger.allAccounts}
      extra={
        account && (
          <button type="button" className="link-button" onClick={() => setAccount('')}>
            {d.ledger.allAccounts}
          </button>
        )
      }
      flush
    >
      <Paged query={list} empty={<Empty title={d.ledger.noTransfers} />}>
        {(rows) => <TransferTable rows={rows} />}
      </Paged>
    </Card>
  )
}
