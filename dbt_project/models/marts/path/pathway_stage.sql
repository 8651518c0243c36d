{{ steps_of_path('justice') }}
