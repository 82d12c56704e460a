import { Button } from 'antd'
import { useState } from 'react'
import { useWrite } from '@/api/write'
import { useKept } from '@/features/session/kept'
import { useLang } from '@/i18n'
import { decide, type Verdict } from './api'
import { may, type Application } from './model'

/** In the order of the page: refusals left, the one primary action right. */
const ACTS: Verdict[] = ['refuse', 'return', 'send_back', 'accept', 'approve', 'countersign']
const NEED_OPINION: Verdict[] = ['refuse', 'return', 'send_back']
/** What moves a case towards its payment: one primary button. */
const CONSENT: Verdict[] = ['accept', 'approve', 'countersign']

export function useDecision(application: Application, askForOpinion: () => void) {
  const kept = useKept<string>(`opinion.${application.id}`)
  const [opinion, setOpinion] = useState(() => kept.read() ?? '')
  const [wantsOpinion, setWantsOpinion] = useState(false)
  const write = useWrite(decide(application), () => {
    setOpinion('')
    kept.forget()
  })
  return {
    offered: ACTS.filter((act) => may(application, act)),
    opinion,
    setOpinion: (text: string) => {
      setOpinion(text)
      kept.write(text)
      if (text.trim()) setWantsOpinion(false)
    },
    wantsOpinion,
    error: write.error,
    /** Puts the last refusal away; the text stays. */
    forget: write.reset,
    pending: write.isPending ? write.variables.act : null,
    act(act: Verdict) {
      if (NEED_OPINION.includes(act) && !opinion.trim()) {
        setWantsOpinion(true)
        askForOpinion()
        return
      }
      write.mutate({ act, opinion: opinion.trim() })
    },
  }
}

/** Each button names its effect. A proof that differs or a stale calculation switches the consenting ones off. */
export function DecisionButtons({ decision, blocked }: { decision: ReturnType<typeof useDecision>; blocked: boolean }) {
  const { d } = useLang()
  const primaries = decision.offered.filter((act) => CONSENT.includes(act))
  return decision.offered.map((act) => {
    const primary = primaries.includes(act)
    return (
      <Button key={act} type={act === primaries[0] ? 'primary' : 'default'} disabled={decision.pending !== null || (primary && blocked)} onClick={() => decision.act(act)}>
        {d.application.act[act]}
      </Button>
    )
  })
}
