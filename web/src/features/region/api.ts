import { useQuery } from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import type { Text } from '@/i18n'

/** What the region's places and industries are called; a region stays as it is while the page is open. */
export const useRegion = () => useQuery({ queryKey: ['region'], queryFn: () => answer(api.GET('/region')), staleTime: Infinity })

/** A place in words; one that the region pack does not name goes by its code. */
export function usePlaceName(): (code: string) => Text {
  const names = new Map(useRegion().data?.places.map((place) => [place.code, place.name]))
  return (code) => names.get(code) ?? { zh: code, en: code }
}

/** An industry in words. */
export function useIndustryName(): (id: string) => Text {
  const names = new Map(useRegion().data?.industries.map((industry) => [industry.id, industry.name]))
  return (id) => names.get(id) ?? { zh: id, en: id }
}
