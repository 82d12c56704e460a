import { tableDate } from '@/calendar/date'
import { useAttestorName, useKindName } from '@/features/evidence/api'
import { useLang } from '@/i18n'

/** How a trace names facts, attestors and dates in the reader's language. */
export function useTraceNames() {
  const { lang } = useLang()
  const kind = useKindName()
  const attestor = useAttestorName()
  return { lang, kind, attestor, date: (date: string) => tableDate(date, lang) }
}
