import { Button, Input, Select } from 'antd'
import { useId, useState } from 'react'
import { useWrite } from '@/api/write'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { ErrorPanel } from '@/pattern/state/states'
import { cancelPanel, releaseCase, reopenScore, type Panel } from './api'

type Act = 'reopen' | 'release' | 'cancel'

/** What takes back or ends something; each needs a reason that is kept. */
export function OtherActs({ panel: p }: { panel: Panel }) {
  const { d } = useLang()
  const w = d.review
  const id = useId()
  const [act, setAct] = useState<Act>('reopen')
  const [caseId, setCase] = useState('')
  const [expert, setExpert] = useState('')
  const [reason, setReason] = useState('')
  const names: Record<Act, string> = { reopen: w.reopen, release: w.release, cancel: w.cancel }
  const send = useWrite(
    async (input: { act: Act; revision: number; case: string; expert: string; reason: string }, key: string) => {
      const { revision, reason: why } = input
      if (input.act === 'cancel') return cancelPanel(p.id)({ revision, reason: why }, key)
      if (input.act === 'release') return releaseCase(p.id)({ revision, reason: why, case: input.case }, key)
      return reopenScore(p.id)({ revision, reason: why, case: input.case, expert: input.expert }, key)
    },
    () => setReason(''),
  )
  const final = p.table.find((line) => line.case.id === caseId)?.seats.filter((seat) => seat.state === 'final') ?? []
  const ready = reason.trim() !== '' && (act === 'cancel' || (caseId !== '' && (act === 'release' || expert !== '')))
  return (
    <Card title={w.acts}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          send.mutate({ act, revision: p.revision, case: caseId, expert, reason: reason.trim() })
        }}
      >
        <Select<Act> className="full" aria-label={w.acts} value={act} onChange={setAct} options={(['reopen', 'release', 'cancel'] as const).filter((one) => p.allowed.includes(one)).map((value) => ({ value, label: names[value] }))} />
        {act !== 'cancel' && <Select className="full" aria-label={w.chooseCase} placeholder={w.chooseCase} value={caseId || null} onChange={(value) => { setCase(value ?? ''); setExpert('') }} options={p.cases.map((c) => ({ value: c.id, label: c.number }))} />}
        {act === 'reopen' && <Select className="full" aria-label={w.chooseExpert} placeholder={w.chooseExpert} value={expert || null} onChange={(value) => setExpert(value ?? '')} options={final.map((seat) => ({ value: seat.expert, label: seat.name }))} />}
        <div className="field">
          <label htmlFor={id}>{w.reason}</label>
          <Input.TextArea id={id} autoSize={{ minRows: 2 }} maxLength={2000} placeholder={w.reasonNeeded} value={reason} onChange={(e) => setReason(e.target.value)} />
        </div>
        {send.error && <ErrorPanel error={send.error} />}
        <div>
          <Button htmlType="submit" danger={act === 'cancel'} disabled={!ready || send.isPending}>
            {names[act]}
          </Button>
        </div>
      </form>
    </Card>
  )
}
