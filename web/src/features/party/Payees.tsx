import { Button } from 'antd'
import { useState } from 'react'
import { Problem } from '@/api/problem'
import { useWrite } from '@/api/write'
import { useSession } from '@/features/session/session'
import { TextField } from '@/features/session/TextField'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty, ErrorPanel } from '@/pattern/state/states'
import { addPayee, countersignPayee, usePayeeAccounts } from './api'

/** Accounts that may be paid. A new one counts only after another person has countersigned it. */
export function Payees({ org }: { org: string }) {
  const { d } = useLang()
  const manages = useSession().active?.role === 'organisation_manager'
  const accounts = usePayeeAccounts(org)
  const sign = useWrite(countersignPayee(org))
  const states: Record<string, string> = d.party.payeeState
  return (
    <div className="columns">
      <Card title={d.party.payees} note={d.party.payeesNote} flush>
        <Loaded query={accounts}>
          {(rows) =>
            rows.length === 0 ? (
              <Empty title={d.party.noPayees} />
            ) : (
              <DataTable
                caption={d.party.payees}
                rows={rows}
                rowKey={(a) => a.id}
                columns={[
                  {
                    key: 'holder',
                    title: d.party.holder,
                    main: true,
                    render: (a) => (
                      <>
                        <b>{a.holder}</b>
                        <div className="note">{a.bank}</div>
                      </>
                    ),
                  },
                  { key: 'number', title: d.party.number, render: (a) => <span className="mono">{a.number}</span> },
                  {
                    key: 'state',
                    title: d.application.stateTitle,
                    render: (a) => (
                      <>
                        {states[a.state] ?? a.state}
                        {a.proposed_by && <div className="note">{fill(d.party.proposedBy, { who: a.proposed_by })}</div>}
                      </>
                    ),
                  },
                  {
                    key: 'sign',
                    title: '',
                    render: (a) =>
                      a.can_countersign && (
                        <Button size="small" loading={sign.isPending} onClick={() => sign.mutate(a.id)}>
                          {d.party.countersign}
                        </Button>
                      ),
                  },
                ]}
              />
            )
          }
        </Loaded>
        {sign.error && <ErrorPanel error={sign.error} />}
      </Card>
      {manages && <NewPayee org={org} />}
    </div>
  )
}

function NewPayee({ org }: { org: string }) {
  const { d } = useLang()
  const empty = { holder: '', bank: '', number: '' }
  const [account, setAccount] = useState(empty)
  const add = useWrite(addPayee(org), () => setAccount(empty))
  const problem = add.error ? Problem.from(add.error) : null
  const set = (key: keyof typeof account) => (value: string) => setAccount((a) => ({ ...a, [key]: value }))
  return (
    <Card title={d.party.newPayee} note={d.party.newPayeeNote}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          add.mutate(account)
        }}
      >
        <TextField name="holder" label={d.party.holder} value={account.holder} onChange={set('holder')} error={problem?.of('holder')} />
        <TextField name="bank" label={d.party.bank} value={account.bank} onChange={set('bank')} error={problem?.of('bank')} />
        <TextField name="number" label={d.party.number} value={account.number} onChange={set('number')} error={problem?.of('number')} />
        {add.error && <ErrorPanel error={add.error} />}
        <div>
          <Button type="primary" htmlType="submit" loading={add.isPending} disabled={Object.values(account).some((v) => !v.trim())}>
            {d.party.newPayeeGo}
          </Button>
        </div>
      </form>
    </Card>
  )
}
